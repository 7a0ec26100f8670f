//go:build xkbgen

package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"slices"
	"strings"
)

// entry is one layout or variant of xkeyboard-config's registry.
type entry struct {
	layout, variant, description string
}

func (e entry) id() string {
	if e.variant == "" {
		return e.layout
	}
	return e.layout + "(" + e.variant + ")"
}

// spoken lists the layouts that a till in this part of the world most likely has. Many layouts give the same image of a payload; the
// file's order decides whose name is told, and a cashier knows "Russian" but not "Kyrgyz".
var spoken = []string{"us", "ru", "ua", "by", "kz", "de", "fr", "es"}

// registry reads the XML registries and puts the entries into the order in which they name a table: spoken ones, layouts, variants.
func registry(files ...string) ([]entry, error) {
	type item struct {
		Name        string `xml:"configItem>name"`
		Description string `xml:"configItem>description"`
		Variants    []item `xml:"variantList>variant"`
	}
	var entries []entry
	seen := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var list struct {
			Layouts []item `xml:"layoutList>layout"`
		}
		if err := xml.Unmarshal(text, &list); err != nil {
			return nil, err
		}
		for _, l := range list.Layouts {
			all := []entry{{l.Name, "", l.Description}}
			for _, v := range l.Variants {
				all = append(all, entry{l.Name, v.Name, v.Description})
			}
			for _, e := range all {
				if !seen[e.id()] {
					seen[e.id()] = true
					entries = append(entries, e)
				}
			}
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return rank(a) - rank(b) })
	return entries, nil
}

func rank(e entry) int {
	i := slices.Index(spoken, e.layout)
	switch {
	case i >= 0 && e.variant == "":
		return i
	case e.variant == "":
		return len(spoken)
	case i >= 0:
		return len(spoken) + 1
	default:
		return len(spoken) + 2
	}
}

// registryVersion finds the version of xkeyboard-config, which the data names.
func registryVersion(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		if version, found := strings.CutPrefix(line, "Version:"); found {
			return strings.TrimSpace(version), nil
		}
	}
	return "", fmt.Errorf("%s: no version", file)
}
