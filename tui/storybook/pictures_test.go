package storybook

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/tui/look"
)

const pictures = "../../docs/screens/"

// The pictures of the guides are what the scenes look like now: `make pictures` draws them, and so does -update.
func TestThePicturesOfTheGuidesAreFresh(t *testing.T) {
	drawn := drawnByMake(t)
	if len(drawn) < 10 {
		t.Fatalf("the Makefile draws %d pictures", len(drawn))
	}
	setting := small().themed(look.Theme{Colors: look.ColorsTrue})
	for name := range drawn {
		want, err := scene(t, name).Picture(setting)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(pictures+name+".svg", []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(pictures + name + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s.svg is stale: make pictures", name)
		}
	}
	for _, name := range drawings(t) {
		if drawn[name] {
			continue
		}
		if !*update {
			t.Errorf("%s.svg is not drawn by the Makefile", name)
		} else if err := os.Remove(pictures + name + ".svg"); err != nil {
			t.Fatal(err)
		}
	}
}

// drawings are the names of the pictures that there are.
func drawings(t *testing.T) []string {
	files, err := filepath.Glob(pictures + "*.svg")
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".svg")
	}
	return files
}

// drawnByMake are the scenes that the Makefile names.
func drawnByMake(t *testing.T) map[string]bool {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?m)^PICTURES = ((?:.*\\\n)*.*)$`).FindSubmatch(makefile)
	if list == nil {
		t.Fatal("the Makefile names no pictures")
	}
	names := make(map[string]bool)
	for _, name := range strings.Fields(strings.ReplaceAll(string(list[1]), `\`, " ")) {
		names[name] = true
	}
	return names
}

var pictureLink = regexp.MustCompile(`screens/([a-z_0-9]+)\.svg`)

// Every picture that a guide shows is there, and every one that is there is shown by a guide.
func TestTheGuidesShowThePicturesThatAreThere(t *testing.T) {
	guides, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := make(map[string]bool)
	for _, guide := range append(guides, "../../README.md") {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range pictureLink.FindAllStringSubmatch(string(text), -1) {
			shown[link[1]] = true
			if _, err := os.Stat(pictures + link[1] + ".svg"); err != nil {
				t.Errorf("%s shows %s, which is not there", guide, link[0])
			}
		}
	}
	for _, name := range drawings(t) {
		if !shown[name] {
			t.Errorf("no guide shows %s.svg", name)
		}
	}
}
