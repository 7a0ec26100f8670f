package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const root = "../.."

var someFacts = facts{
	ProjectName: project, Version: "1.2.3", FullCommit: "0123456789abcdef0123456789abcdef01234567",
	CommitDate: "2025-11-21T19:42:00Z", CommitTimestamp: 1763754120,
}

func newTestBuilder(t *testing.T) *builder {
	t.Helper()
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	return &builder{root: absolute, out: t.TempDir(), facts: someFacts}
}

func TestGoreleasersSettingsAreTheDescription(t *testing.T) {
	want, err := goreleaser()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, goreleaserFile))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what archives.go describes; run: go run ./internal/dist settings", goreleaserFile)
	}
}

// An archive of this machine's system is made and looked into; what a second run would build for it is the same program.
// That packing the same files gives the same bytes is [TestPackingTwice].
func TestAnArchive(t *testing.T) {
	here := target{runtime.GOOS, runtime.GOARCH}
	b := newTestBuilder(t)
	if err := b.completions(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, built := filepath.Join(t.TempDir(), here.binary()), make(chan error, 1)
	go func() { // linking and packing take seconds each
		if raced {
			built <- nil // the run without has built it twice
			return
		}
		built <- b.compile(t.Context(), here, again)
	}()
	archive, err := b.archive(t.Context(), here)
	if err := errors.Join(err, <-built); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := unpackTar(t, packed)
	top := "skidkassa_1.2.3_" + here.os + "_" + here.arch + "/"
	for _, name := range []string{
		"skidkassa", "README.md", "LICENSE", "CHANGELOG.md", "ARCHITECTURE.md", "docs/admin.md", "docs/cashier.ru.md", "docs/screens/guest_sum.svg",
		"completions/skidkassa.bash", "completions/_skidkassa", "completions/skidkassa.fish", "completions/skidkassa.ps1",
	} {
		if len(files[top+name]) == 0 {
			t.Errorf("the archive lacks %s", name)
		}
	}
	pictures := 0
	for name := range files {
		if !strings.HasPrefix(name, top) {
			t.Errorf("%s does not lie in the archive's own folder", name)
		}
		if strings.HasPrefix(name, top+"docs/screens/") {
			pictures++
		}
	}
	if pictures == 0 {
		t.Error("the guides have no pictures")
	}
	demandBuild(t, files[top+"skidkassa"])
	if second, err := os.ReadFile(again); !raced && (err != nil || !bytes.Equal(second, files[top+"skidkassa"])) {
		t.Errorf("a second build is another program: %v", err)
	}
}

// demandBuild runs the program of an archive and asks which one it is.
func demandBuild(t *testing.T, binary []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "skidkassa")
	if err := os.WriteFile(file, binary, binaryMode); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(file, "version", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{someFacts.Version, someFacts.FullCommit, someFacts.CommitDate} {
		if !strings.Contains(string(said), `"`+want+`"`) {
			t.Errorf("version says %s, not %s", said, want)
		}
	}
}

func unpackTar(t *testing.T, packed []byte) map[string][]byte {
	t.Helper()
	compressed, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for archive := tar.NewReader(compressed); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Uname != owner || header.Uid != 0 || header.ModTime.Unix() != someFacts.CommitTimestamp {
			t.Errorf("%s tells of the machine that packed it: %+v", header.Name, header)
		}
		if files[header.Name], err = io.ReadAll(archive); err != nil {
			t.Fatal(err)
		}
	}
}

// links are those of Markdown to files.
var links = regexp.MustCompile(`\]\(([^)#:]*)(#[^)]*)?\)`)

func TestLinksInTheArchiveLeadIntoIt(t *testing.T) {
	entries, err := newTestBuilder(t).entriesOf(contents[:len(contents)-1]) // all but the completions, which hold no links
	if err != nil {
		t.Fatal(err)
	}
	packed, chaptersOf := make(map[string]bool), make(map[string][]string)
	for _, e := range entries {
		packed[e.name] = true
		packed[path.Dir(e.name)] = true
	}
	for _, e := range entries {
		if path.Ext(e.name) != ".md" {
			continue
		}
		text, err := os.ReadFile(e.source)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links.FindAllStringSubmatch(string(text), -1) {
			to := e.name
			if link[1] != "" {
				to = path.Join(path.Dir(e.name), link[1])
			}
			if !packed[to] {
				t.Errorf("%s leads to %s, which is not in the archives", e.name, link[1])
			}
			if link[2] == "" {
				continue
			}
			if chaptersOf[to] == nil {
				chaptersOf[to] = chapters(t, to)
			}
			if !slices.Contains(chaptersOf[to], link[2]) {
				t.Errorf("%s leads to the chapter %s of %s, which is not there", e.name, link[2], to)
			}
		}
	}
}

// A heading of Markdown, and what its name in a link is without.
var (
	headings   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInNames = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// chapters are the places in a page that links lead to, named as GitHub does: a second one of a name gets a number.
func chapters(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, heading := range headings.FindAllStringSubmatch(string(text), -1) {
		name := notInNames.ReplaceAllString(strings.ToLower(heading[1]), "")
		name = "#" + strings.ReplaceAll(name, " ", "-")
		if slices.Contains(found, name) {
			name += "-1"
		}
		found = append(found, name)
	}
	return found
}

// packTwice packs two files in either order, and demands the same bytes.
func packTwice(t *testing.T, format string) []byte {
	t.Helper()
	source := filepath.Join(t.TempDir(), "source")
	if err := os.WriteFile(source, []byte("program"), 0o600); err != nil {
		t.Fatal(err)
	}
	entries := []entry{{"b/skidkassa.exe", source, binaryMode}, {"a.md", source, fileMode}}
	var packed [2][]byte
	for i := range packed {
		file := filepath.Join(t.TempDir(), "archive")
		if err := pack(file, format, "top", entries, time.Unix(someFacts.CommitTimestamp, 0)); err != nil {
			t.Fatal(err)
		}
		var err error
		if packed[i], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		slices.Reverse(entries)
	}
	if !bytes.Equal(packed[0], packed[1]) {
		t.Errorf("%s: two runs differ", format)
	}
	return packed[0]
}

func TestPackingTwice(t *testing.T) {
	files := unpackTar(t, packTwice(t, "tar.gz"))
	if len(files) != 2 || string(files["top/a.md"]) != "program" {
		t.Errorf("got %q", files)
	}
	packed := packTwice(t, "zip")
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range archive.File {
		got = append(got, fmt.Sprintf("%s %s %s", f.Name, f.Mode(), f.Modified.UTC().Format(time.RFC3339)))
	}
	want := []string{"top/a.md -rw-r--r-- 2025-11-21T19:42:00Z", "top/b/skidkassa.exe -rwxr-xr-x 2025-11-21T19:42:00Z"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNames(t *testing.T) {
	for _, test := range []struct {
		target       target
		binary, name string
	}{
		{target{"windows", "amd64"}, "skidkassa.exe", "skidkassa_1.2.3_windows_amd64.zip"},
		{target{"linux", "arm64"}, "skidkassa", "skidkassa_1.2.3_linux_arm64.tar.gz"},
		{target{"darwin", "arm64"}, "skidkassa", "skidkassa_1.2.3_macos_arm64.tar.gz"},
	} {
		name, err := someFacts.of(test.target).fill(archiveName)
		if got := name + "." + test.target.format(); got != test.name || err != nil || test.target.binary() != test.binary {
			t.Errorf("%s: got %s with %s, %v; want %s with %s", test.target, got, test.target.binary(), err, test.name, test.binary)
		}
	}
	if _, err := parseTarget("plan9/mips"); !errors.Is(err, errTarget) {
		t.Errorf("an unknown target: %v", err)
	}
	if got, err := parseTarget("linux/arm64"); got != targets[2] || err != nil {
		t.Errorf("linux/arm64: %v, %v", got, err)
	}
}

// What is built is told from git: a tag is a release, anything else is after the last one.
func TestVersionsComeFromTags(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	for _, name := range []string{"GIT_AUTHOR", "GIT_COMMITTER"} {
		t.Setenv(name+"_NAME", "kassa")
		t.Setenv(name+"_EMAIL", "kassa@example.org")
		t.Setenv(name+"_DATE", "2025-11-21T19:42:00Z")
	}
	git := func(args ...string) {
		command := exec.Command("git", args...)
		command.Dir = folder
		if said, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, said)
		}
	}
	demand := func(pattern string, dirty bool) {
		t.Helper()
		b, err := newBuilder(t.Context(), folder, "")
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile("^"+pattern+"$").MatchString(b.facts.Version) || b.dirty != dirty {
			t.Errorf("version %q, changed %v; want %s, %v", b.facts.Version, b.dirty, pattern, dirty)
		}
		if b.facts.CommitDate != someFacts.CommitDate || b.facts.CommitTimestamp != someFacts.CommitTimestamp {
			t.Errorf("the commit's time is %s, %d", b.facts.CommitDate, b.facts.CommitTimestamp)
		}
	}
	git("init", "-q")
	git("commit", "-q", "--allow-empty", "-m", "one")
	demand(`0\.0\.1-dev\.[0-9a-f]{12}`, false)
	git("tag", "v1.2.3")
	demand(`1\.2\.3`, false)
	git("commit", "-q", "--allow-empty", "-m", "two")
	demand(`1\.2\.4-dev\.[0-9a-f]{12}`, false)
	if err := os.WriteFile(filepath.Join(folder, "new"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	demand(`1\.2\.4-dev\.[0-9a-f]{12}`, true)
	git("tag", "vista")
	demand(`1\.2\.4-dev\.[0-9a-f]{12}`, true)
}

// Nothing is packed halfway: a file that is missing is an error, and so is a source without files.
func TestWhatCannotBePacked(t *testing.T) {
	for _, format := range []string{"tar.gz", "zip"} {
		err := pack(filepath.Join(t.TempDir(), "archive"), format, "top", []entry{{"a", filepath.Join(t.TempDir(), "none"), fileMode}}, time.Unix(0, 0))
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", format, err)
		}
	}
	b := newTestBuilder(t)
	if err := os.Mkdir(filepath.Join(b.out, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.root = b.out
	if _, err := b.entriesOf([]content{{source: "empty/*"}}); !errors.Is(err, errNothing) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := b.entriesOf([]content{{source: "none.md"}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := checksums([]string{filepath.Join(b.out, "none")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the sum of a missing file: %v", err)
	}
}

func TestWordsThatAreNoCommand(t *testing.T) {
	t.Chdir(root)
	if err := run(t.Context(), []string{"publish"}, "", t.TempDir()); !errors.Is(err, errCommand) {
		t.Errorf("publish: %v", err)
	}
	if err := run(t.Context(), nil, "plan9/mips", t.TempDir()); !errors.Is(err, errTarget) {
		t.Errorf("an unknown target: %v", err)
	}
}

func TestChecksums(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "a.zip")
	if err := os.WriteFile(file, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := checksums([]string{file})
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.zip\n" // of FIPS 180-4
	if string(got) != want || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
