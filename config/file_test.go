package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func openFile(t *testing.T, path string) *File {
	t.Helper()
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What a person has written stays as it is, but for the value.
func TestAChangedValueStandsWhereTheOldOneStood(t *testing.T) {
	tests := []struct {
		name          string
		before        string
		change, value string
		after         string
	}{
		{"below a header", "[shop]\nvendor = 4 # mine\nname='x'\n", "shop.vendor", "31", "[shop]\nvendor = 31 # mine\nname='x'\n"},
		{"a comment keeps its column", "[shop]\nvendor = 4     # mine\n", "shop.vendor", "31337", "[shop]\nvendor = 31337 # mine\n"},
		{"a comment gives way", "[shop]\nvendor = 4   # mine\n", "shop.vendor", "31337", "[shop]\nvendor = 31337 # mine\n"},
		{"dotted", "shop . vendor=4\n", "shop.vendor", "5", "shop . vendor=5\n"},
		{"dotted, quoted, indented", "  \"shop\".'vendor'  =  0x04  \n", "shop.vendor", "5", "  \"shop\".'vendor'  =  5  \n"},
		{"inline", "shop = { vendor = 4, name = \"}\" } # x", "shop.vendor", "5", "shop = { vendor = 5, name = \"}\" } # x"},
		{"another type", "[rules]\nstep = 10\n", "rules.step", "20", "[rules]\nstep = \"20\"\n"},
		{"several lines", "[shop]\nname = \"\"\"\na b\"\"\" # x\n", "shop.name", "c", "[shop]\nname = \"c\" # x\n"},
		{
			"comments inside", "[waiter]\n\tallow = [ # who\n\t\t\"::1\", # this\n\t\t# and\n\t\t# those\n\t]\n",
			"waiter.allow", "10.0.0.1", "[waiter]\n\t# who\n\t# this\n\t# and\n\t# those\n\tallow = [\"10.0.0.1/32\"]\n",
		},
		{"new below the last key", "[shop]\n  vendor = 4 # x\n\n[rules]\n", "shop.register", "2", "[shop]\n  vendor = 4 # x\n  register = 2\n\n[rules]\n"},
		{"new below the header", "[shop] # x\n# y\n[rules]", "shop.register", "2", "[shop] # x\nregister = 2\n# y\n[rules]"},
		{"new at the file's end", "[shop]\nvendor = 4", "shop.register", "2", "[shop]\nvendor = 4\nregister = 2"},
		{"new beside dotted ones", "shop.vendor = 4\nlanguage = \"en\"\n", "shop.register", "2", "shop.vendor = 4\nshop.register = 2\nlanguage = \"en\"\n"},
		{"new in an inline table", "shop = { vendor = 4 }\n", "shop.register", "2", "shop = { vendor = 4, register = 2 }\n"},
		{"new in an empty inline table", "shop = {}\n", "shop.register", "2", "shop = { register = 2 }\n"},
		{"a new table", "# x\n[shop]\nvendor = 4", "printer.columns", "48", "# x\n[shop]\nvendor = 4\n\n[printer]\ncolumns = 48\n"},
		{"a new table beside a key of its own", "[[waiter.gifts]]\nsku = \"1\"\nfrom = 1\n", "waiter.mode", "message",
			"[[waiter.gifts]]\nsku = \"1\"\nfrom = 1\n\n[waiter]\nmode = \"message\"\n"},
		{"a key before the tables", "# x\n\n[shop]\nvendor = 4\n", "language", "uk", "language = \"uk\"\n# x\n\n[shop]\nvendor = 4\n"},
		{"a key beside another before the tables", "shop.vendor = 4 # x\n[rules]\n", "language", "uk", "shop.vendor = 4 # x\nlanguage = \"uk\"\n[rules]\n"},
		{"Windows' lines", "[shop]\r\nvendor = 4\r\n", "shop.register", "2", "[shop]\r\nvendor = 4\r\nregister = 2\r\n"},
		{"Notepad's mark", "\xEF\xBB\xBF[shop]\r\nvendor = 4\r\n", "language", "en", "\xEF\xBB\xBFlanguage = \"en\"\r\n[shop]\r\nvendor = 4\r\n"},
		{
			"an array of tables", "[waiter]\nmode = \"bind\"\n# sweets\n[[waiter.gifts]] # first\nsku = \"1\"\n  from = 1 # points\n# second\n[[waiter.gifts]]\nsku=\"2\"\nfrom=2",
			"waiter.gifts", "3:7", "[waiter]\nmode = \"bind\"\ngifts = [{ sku = \"3\", from = \"7\" }]\n# sweets\n# first\n  # points\n# second\n",
		},
		{"a list with a comma in it", "[hall]\nstaff = []\n", "hall.staff", `"Ли, Анна", Пётр`, "[hall]\nstaff = [\"Ли, Анна\", \"Пётр\"]\n"},
		{"nothing", "[shop]\nvendor=0x04\n", "shop.vendor", "4", "[shop]\nvendor=0x04\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := writeFile(t, test.before)
			if err := openFile(t, path).Write(Overrides{{test.change, test.value}}); err != nil {
				t.Fatal(err)
			}
			if got := read(t, path); got != test.after {
				t.Errorf("got\n%s\nwant\n%s", got, test.after)
			}
		})
	}
}

func TestAMissingFileIsWrittenWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "down", "skidkassa.toml")
	f := openFile(t, path)
	if !f.Missing() || f.Path() != path || f.Values()["shop.vendor"] != "4" {
		t.Fatalf("%v, %v", f.Missing(), f.Values())
	}
	if err := f.Write(Overrides{{"shop.vendor", "77"}, {"shop.name", `"У дома"`}}); err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Shop.Vendor, want.Shop.Name = 77, `"У дома"`
	if got := read(t, path); got != Render(want) {
		t.Errorf("got\n%s", got)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(path + backupEnding); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a backup of nothing: %v", err)
	}
	// The next change takes what was written for granted.
	if err := f.Write(Overrides{{"shop.register", "3"}}); err != nil {
		t.Fatal(err)
	}
	if got := openFile(t, path).Values(); got["shop.register"] != "3" || got["shop.vendor"] != "77" {
		t.Errorf("%v", got)
	}
}

func TestTheFileBeforeIsKept(t *testing.T) {
	path := writeFile(t, "[shop]\nvendor = 4\n")
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.toml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, vendor := range []string{"5", "6"} {
		if err := openFile(t, link).Write(Overrides{{"shop.vendor", vendor}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, path+backupEnding); got != "[shop]\nvendor = 5\n" {
		t.Errorf("the backup is %q", got)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is no link any more: %v, %v", info, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o640 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// Whatever stands in the way, the old file stays as it is, and nothing is left beside it.
func TestTheFileStaysWhenItCannotBeChanged(t *testing.T) {
	const before = "[shop]\nvendor = 4\n"
	change := Overrides{{"shop.vendor", "5"}}
	tests := []struct {
		name    string
		meddle  func(t *testing.T, path string)
		changes Overrides
		want    error
		is      func(error) bool
	}{
		{name: "a value that cannot be", changes: Overrides{{"shop.vendor", "0"}}, is: isA[*SettingsError]},
		{name: "an unknown key", changes: Overrides{{"shop.vendr", "1"}}, is: isA[*SettingsError]},
		{name: "values that do not fit together", changes: Overrides{{"expirenza.url", "wss://x"}}, is: isA[*SettingsError]},
		{
			name: "changed meanwhile", changes: change, want: ErrFileChanged,
			meddle: func(t *testing.T, path string) { rewrite(t, path, "[shop]\nvendor = 9\n") },
		},
		{
			name: "grown meanwhile", changes: change, want: ErrFileChanged,
			meddle: func(t *testing.T, path string) { rewrite(t, path, strings.Repeat("#", maxFileBytes+1)) },
		},
		{
			name: "gone meanwhile", changes: change, want: ErrFileChanged,
			meddle: func(t *testing.T, path string) {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "a folder in its place", changes: change, is: isA[*WriteError],
			meddle: func(t *testing.T, path string) {
				if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "a folder in the backup's place", changes: change, is: isA[*WriteError],
			meddle: func(t *testing.T, path string) {
				if err := os.MkdirAll(filepath.Join(path+backupEnding, "x"), 0o700); err != nil {
					t.Fatal(err)
				}
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := writeFile(t, before)
			f := openFile(t, path)
			if test.meddle != nil {
				test.meddle(t, path)
			}
			was, wasErr := os.ReadFile(path)
			err := f.Write(test.changes)
			if err == nil || test.want != nil && !errors.Is(err, test.want) || test.is != nil && !test.is(err) {
				t.Errorf("error %v", err)
			}
			if now, nowErr := os.ReadFile(path); string(now) != string(was) || (nowErr == nil) != (wasErr == nil) {
				t.Errorf("the file is %q, %v", now, nowErr)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func isA[T error](err error) bool {
	var wanted T
	return errors.As(err, &wanted)
}

func rewrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFileThatAppearedIsNotOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "skidkassa.toml")
	f := openFile(t, path)
	rewrite(t, path, "[shop]\nvendor = 9\n")
	if err := f.Write(Overrides{{"shop.vendor", "5"}}); !errors.Is(err, ErrFileChanged) {
		t.Errorf("error %v", err)
	}
}

func TestAFolderThatCannotBeMade(t *testing.T) {
	inTheWay := writeFile(t, "")
	for _, path := range []string{filepath.Join(inTheWay, "skidkassa.toml"), filepath.Join(inTheWay, "deep", "skidkassa.toml")} {
		f := &File{path: path, settings: Default()}
		err := f.Write(Overrides{{"shop.vendor", "5"}})
		var unwritable *WriteError
		if !errors.As(err, &unwritable) || !strings.Contains(err.Error(), path) || errors.Unwrap(unwritable) == nil {
			t.Errorf("error %v", err)
		}
	}
}

// A file with mistakes is not one to be changed by a program.
func TestOpenFileRefusesMistakes(t *testing.T) {
	for _, text := range []string{"[shop]\nvendor = \"4\"\n", "[shop", "[expirenza]\nurl = \"wss://x\"\n"} {
		if _, err := OpenFile(writeFile(t, text)); !isA[*SettingsError](err) {
			t.Errorf("%q: error %v", text, err)
		}
	}
	if _, err := OpenFile(t.TempDir()); !isA[*SettingsError](err) {
		t.Errorf("a folder: error %v", err)
	}
}

func TestJudgeLooksAtOneValue(t *testing.T) {
	for value, want := range map[string]ProblemCode{"4": "", "0": OutOfRange, "x": WrongType} {
		problems := Judge(Override{"shop.vendor", value})
		if len(problems) == 0 && want == "" {
			continue
		}
		if len(problems) != 1 || problems[0].Code != want {
			t.Errorf("%q: %v", value, problems)
		}
	}
	if problems := Judge(Override{"expirenza.url", "wss://x"}); problems != nil {
		t.Errorf("what only shows together: %v", problems)
	}
}

func TestLoadTellsWhatStandsOverTheFile(t *testing.T) {
	loaded, err := Load(Input{
		File: writeFile(t, "[shop]\nvendor = 4\nregister = 2\n"), GOOS: "linux",
		Environ: []string{"SKIDKASSA_SHOP_VENDOR=5"}, Flags: Overrides{{"language", "en"}},
	})
	if got := strings.Join(loaded.Over, " "); err != nil || got != "language shop.vendor" {
		t.Errorf("over the file: %q, %v", got, err)
	}
}

// A file that is to be written need not be there, under whatever name.
func TestANamedFileMayBeMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.toml")
	if _, err := Load(Input{File: path}); err == nil {
		t.Error("a named file that is missing is no error")
	}
	loaded, err := Load(Input{File: path, MayBeMissing: true, Flags: Overrides{{"shop.vendor", "7"}}})
	if err != nil || !loaded.FileMissing || loaded.File != path || loaded.Settings.Shop.Vendor != 7 {
		t.Errorf("%+v, %v", loaded, err)
	}
}

// A list's items are told apart whatever stands in them.
func TestListsOutsideTheFile(t *testing.T) {
	for written, want := range map[string][]string{
		`"Ли, Анна", Пётр`: {"Ли, Анна", "Пётр"}, `Кафе "Ёж", Бар`: {`Кафе "Ёж"`, "Бар"}, `"""Ёж"" бар"`: {`"Ёж" бар`}, "": nil, " ": nil, "а,б": {"а", "б"},
	} {
		loaded, err := Load(Input{Flags: Overrides{{"hall.staff", written}}})
		if err != nil || strings.Join(loaded.Settings.Hall.Staff, "|") != strings.Join(want, "|") {
			t.Errorf("%q: %q, %v, want %q", written, loaded.Settings.Hall.Staff, err, want)
		}
		if again := Values(loaded.Settings)["hall.staff"]; joinList(want) != again {
			t.Errorf("%q is written back as %q", written, again)
		}
	}
	for _, written := range []string{"а\nб"} {
		if problems := Judge(Override{"hall.staff", written}); len(problems) == 0 {
			t.Errorf("%q is a list", written)
		}
	}
	if problems := Judge(Override{"waiter.gifts", "a:b:5"}); problems != nil {
		t.Errorf("an SKU with a colon: %v", problems)
	}
}
