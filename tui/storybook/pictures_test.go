package storybook

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/tui/look"
)

// The pictures of the guides are what the scenes look like now, and each is drawn by `make pictures`.
func TestThePicturesOfTheGuidesAreFresh(t *testing.T) {
	files, err := filepath.Glob("../../docs/screens/*.svg")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d pictures, %v", len(files), err)
	}
	drawn := drawnByMake(t)
	if len(drawn) != len(files) {
		t.Errorf("the Makefile draws %d pictures, and there are %d", len(drawn), len(files))
	}
	setting := inRussian(small())
	setting.Theme.Colors = look.ColorsTrue
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".svg")
		scene, ok := Find(name)
		if !ok || !drawn[name] {
			t.Errorf("%s is of no scene, or not drawn by the Makefile", file)
			continue
		}
		want, err := scene.Picture(setting)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is stale: make pictures", file)
		}
	}
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

// Every picture that a guide shows is there.
func TestTheGuidesShowPicturesThatAreThere(t *testing.T) {
	guides, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, guide := range append(guides, "../../README.md") {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range pictureLink.FindAllStringSubmatch(string(text), -1) {
			shown++
			if _, err := os.Stat(filepath.Join("../../docs/screens", link[1]+".svg")); err != nil {
				t.Errorf("%s shows %s, which is not there", guide, link[0])
			}
		}
	}
	if shown == 0 {
		t.Error("no guide shows a picture")
	}
}
