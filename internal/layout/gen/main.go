//go:build xkbgen

// Command gen writes what package layout knows about keyboard layouts: layouts.txt, one table per distinct layout and Caps Lock
// state, and testdata/scans.txt, the ground truth that the tests compare with.
//
// It asks libxkbcommon what every layout of xkeyboard-config gives, so it wants cgo and the Debian packages xkb-data, libx11-data
// and libxkbcommon-dev; the build tag keeps all that out of the product. Run it by go generate ./internal/layout.
package main

import (
	"bytes"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"
)

const (
	rulesDir    = "/usr/share/X11/xkb/rules/"
	composeFile = "/usr/share/X11/locale/en_US.UTF-8/Compose"
	versionFile = "/usr/share/pkgconfig/xkeyboard-config.pc"
)

// alphabet is every character whose key presses the product needs: the payload's own, both cases of all letters for scanners that
// are set to upper case, and the closing bracket that an AIM prefix starts with.
const alphabet = ` ",0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ]abcdefghijklmnopqrstuvwxyz{}`

// payload is the scan of the ground truth; each digit stands in it at least once.
const payload = `{"type":"Skidkabot","vendor":40,"client":9876543210,"secret":31766}`

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	entries, err := registry(rulesDir+"evdev.xml", rulesDir+"evdev.extras.xml")
	if err != nil {
		log.Fatal(err)
	}
	x, err := openXKB(composeFile)
	if err != nil {
		log.Fatal(err)
	}
	version, err := registryVersion(versionFile)
	if err != nil {
		log.Fatal(err)
	}
	var data, scans bytes.Buffer
	fmt.Fprintf(&data, header, version)
	write(&data, &scans, x, entries)
	if err := os.WriteFile("layouts.txt", data.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("testdata/scans.txt", scans.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// write fills both files. A layout that does not compile is left out: xkeyboard-config lists "custom", which has no file.
func write(data, scans *bytes.Buffer, x *xkb, entries []entry) {
	tables := map[string]int{}
	deads := map[string]string{}
	seenScans := map[string]bool{}
	var tableLines, layoutLines []string
	for _, e := range entries {
		keymap, ok := x.compile(e.layout, e.variant)
		if !ok {
			log.Printf("%s does not compile, left out", e.id())
			continue
		}
		line := e.id() + "\t" + e.description
		for _, capsLock := range []bool{false, true} {
			table := keymap.table(capsLock, deads)
			number, known := tables[table]
			if !known {
				number = len(tables)
				tables[table] = number
				tableLines = append(tableLines, table)
			}
			line += fmt.Sprintf("\t%d", number)
			if scan := keymap.scan(payload, capsLock); !seenScans[scan] {
				seenScans[scan] = true
				fmt.Fprintf(scans, "%s\t%t\t%s\n", e.id(), capsLock, scan)
			}
		}
		layoutLines = append(layoutLines, line)
		keymap.close()
	}
	fmt.Fprintf(data, "alphabet\t%s\n", alphabet)
	for _, name := range slices.Sorted(maps.Keys(deads)) {
		fmt.Fprintf(data, "dead\t%s\t%s\n", name, deads[name])
	}
	for _, line := range tableLines {
		fmt.Fprintf(data, "table\t%s\n", line)
	}
	for _, line := range layoutLines {
		fmt.Fprintf(data, "layout\t%s\n", line)
	}
}
