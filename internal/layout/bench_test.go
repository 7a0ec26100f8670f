package layout

import (
	"strings"
	"testing"
	"time"
)

// BenchmarkRepair shows what one scan costs: the goal is 20 µs over all layouts.
func BenchmarkRepair(b *testing.B) {
	bench := map[string]string{
		"plain":            sample,
		"ЙЦУКЕН":           mustType(sample, "ru", false),
		"ЙЦУКЕН_Caps_Lock": mustType(sample, "ru", true),
		"French":           mustType(sample, "fr", false),
		"worst":            slowest(b, func(err error) bool { return err == nil }),
		"worst_refused":    slowest(b, func(err error) bool { return err != nil }),
		"EAN":              "4006381333931",
		"URL":              "https://skidkabot.ru/client?secret=31766",
		"cut_off":          mustType(sample[:len(sample)-1], "de", false),
		"512_bytes":        strings.Repeat("a", maxPayloadBytes),
	}
	for name, text := range bench {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Repair(text)
			}
		})
	}
	b.Run("all_layouts", func(b *testing.B) {
		var texts []string
		for _, tb := range allTables() {
			texts = append(texts, tb.typeOn(swallows, sample))
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			_, _ = Repair(texts[i%len(texts)])
		}
	})
}

// slowest finds the scan that takes longest, of all layouts and terminals, among those with the wanted outcome: by the least of several
// tries, since others disturb.
func slowest(b *testing.B, wanted func(error) bool) (text string) {
	var id string
	var longest time.Duration
	for _, tb := range allTables() {
		for _, term := range terminals {
			typed := tb.typeOn(term, sample)
			if _, err := Repair(typed); !wanted(err) {
				continue
			}
			least := time.Hour
			for range 30 {
				start := time.Now()
				_, _ = Repair(typed)
				least = min(least, time.Since(start))
			}
			if least > longest {
				longest, text, id = least, typed, tb.layout.ID
			}
		}
	}
	b.Logf("slowest: %s", id)
	return text
}

// BenchmarkLoad is what the first scan pays once.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		parseAtlas(layoutsText)
	}
}
