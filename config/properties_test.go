package config

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// Any settings survive being written to a file and read again.
func TestRenderRoundTrip(t *testing.T) {
	file := filepath.Join(t.TempDir(), "skidkassa.toml")
	rapid.Check(t, func(t *rapid.T) {
		want := drawSettings(t)
		if err := os.WriteFile(file, []byte(Render(want)), 0o600); err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(Input{File: file, GOOS: "linux"})
		if err != nil {
			t.Fatalf("%v\nin\n%s", err, Render(want))
		}
		if got := Render(loaded.Settings); got != Render(want) {
			t.Fatalf("got\n%s\nwant\n%s", got, Render(want))
		}
	})
}

func drawSettings(t *rapid.T) Settings {
	label := rapid.StringMatching(`[A-Za-zА-Яа-яЁёІі0-9"'\\#=\[\]{},.-]{1,20}`)
	decimals := func(maximum int64, places int32) decimal.Decimal {
		return decimal.New(rapid.Int64Range(1, maximum).Draw(t, "coefficient"), -rapid.Int32Range(0, places).Draw(t, "places"))
	}
	s := Default()
	s.Language = rapid.SampledFrom([]Language{Russian, Ukrainian, English}).Draw(t, "language")
	s.Shop.Vendor = rapid.Int64Min(1).Draw(t, "vendor")
	s.Shop.Register = rapid.Int32Min(0).Draw(t, "register")
	s.Shop.Name = label.Draw(t, "name")
	if rapid.Bool().Draw(t, "own percent") {
		s.Rules.AccruePercent = decimal.NewNullDecimal(decimals(100, 4))
	}
	s.Rules.Step = decimals(1_000_000, 0)
	s.Rules.MaxSum = decimals(1_000_000_000_000, 4)
	s.Scanner.Gap = time.Duration(rapid.Int64Range(10_000, 200_000).Draw(t, "gap")) * time.Microsecond
	s.Shop.Cashiers = rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Za-zА-Яа-яЁё0-9]([ '.-]?[A-Za-zА-Яа-яЁё0-9]){0,8}`), 0, 5, folded).Draw(t, "cashiers")
	s.Till.Lock = time.Duration(rapid.SampledFrom([]int64{0, 10, 61, 43_200}).Draw(t, "lock")) * time.Second
	s.Till.Bell = rapid.SampledFrom([]Bell{BellErrors, BellAll, BellOff}).Draw(t, "bell")
	s.Till.Mouse = rapid.SampledFrom([]Switch{On, Off}).Draw(t, "mouse")
	s.Waiter.Mode = rapid.SampledFrom([]WaiterMode{WaiterBind, WaiterMessage}).Draw(t, "mode")
	s.Waiter.Allow = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) netip.Prefix {
		address := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address")))
		return netip.PrefixFrom(address, rapid.IntRange(0, 32).Draw(t, "bits")).Masked()
	}), 0, 5).Draw(t, "allow")
	s.Waiter.Hosts = rapid.SliceOfN(rapid.StringMatching(`[a-z0-9]([a-z0-9.-]{0,5}[a-z0-9])?`), 0, 3).Draw(t, "hosts")
	s.Waiter.Photos = label.Draw(t, "photos")
	s.Waiter.Gifts = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Gift {
		return Gift{SKU: label.Draw(t, "sku"), From: decimals(1_000_000, 2)}
	}), 0, 5).Draw(t, "gifts")
	s.Hall.Name = label.Draw(t, "hall")
	s.Hall.Tables = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Table {
		table := Table{Number: rapid.IntRange(1, 999_999).Draw(t, "number")}
		if rapid.Bool().Draw(t, "named") {
			table.Name = label.Draw(t, "table")
		}
		return table
	}), 0, 5, func(table Table) int { return table.Number }).Draw(t, "tables")
	s.Hall.Staff = rapid.SliceOfNDistinct(label, 0, 5, rapid.ID[string]).Draw(t, "staff")
	s.Printer.Columns = rapid.SampledFrom([]int{32, 42, 48}).Draw(t, "columns")
	s.Printer.Page = rapid.SampledFrom([]string{"cp866", "cp1251:6", "cp855", "pc437:0"}).Draw(t, "page")
	s.Journal.Path = label.Draw(t, "path")
	return s
}

// Whatever a file holds, loading it does not panic; if it loads, it is valid
// TOML and what it means can be written and read again; if it does not, each
// problem is at a place within the file.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(Example()))
	f.Add([]byte("\xEF\xBB\xBF[shop]\r\nvendor = 0\r\n"))
	f.Add([]byte("\xFF\xFE[\x00"))
	f.Add([]byte("[shop]\nname = \"\xFF\"\n"))
	f.Add([]byte("shop = { vendor = 1, register = { a = [1, {b = 2}] } }"))
	f.Add([]byte("[[waiter.gifts]]\nsku = \"1\"\n[[waiter.gifts]]\nfrom = 1\n[waiter.gifts.x]\n"))
	f.Add([]byte("rules.step = 1e999999999\nrules.max_sum = -0.0\nscanner.gap = \"1h\""))
	f.Add([]byte("[[shop]]\n[shop]\n[[waiter]]\nallow = [[[\"1\"]]]\nx.y.z = 07:32:00\n"))
	f.Add([]byte("a"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := loader{settings: Default(), from: map[string]Problem{}}
		l.file("skidkassa.toml", data)
		l.together()
		if len(l.problems) > 0 {
			checkPlaces(t, data, l.sorted())
			return
		}
		text := bytes.TrimPrefix(data, utf8BOM)
		if err := toml.Unmarshal(text, &map[string]any{}); err != nil {
			t.Errorf("it loads and is not TOML: %v", err)
		}
		again := loader{settings: Default(), from: map[string]Problem{}}
		again.file("again.toml", []byte(Render(l.settings)))
		again.together()
		if len(again.problems) > 0 || Render(again.settings) != Render(l.settings) {
			t.Errorf("it does not load again: %v\n%s", again.problems, Render(l.settings))
		}
	})
}

func checkPlaces(t *testing.T, data []byte, problems []Problem) {
	t.Helper()
	lines := strings.Split(string(data), "\n")
	for _, p := range problems {
		if p.Line < 1 || p.Line > len(lines) {
			t.Fatalf("%v is in line %d of %d", p, p.Line, len(lines))
		}
		if p.Column < 1 || p.Column > len(lines[p.Line-1])+1 {
			t.Errorf("%v is in column %d of %q", p, p.Column, lines[p.Line-1])
		}
		if strings.ContainsFunc(p.Error()+p.SourceLine+p.Key, isControl) {
			t.Errorf("%q steers the terminal", p.Error())
		}
	}
	if !slices.IsSortedFunc(problems, func(a, b Problem) int { return a.Line - b.Line }) {
		t.Errorf("not by line: %v", problems)
	}
}
