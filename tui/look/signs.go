package look

import "strings"

// ordinary are the signs of our texts that the fonts of poor terminals lack, each with one of ASCII that takes as many
// cells. Letters and the signs of currencies stay: without them nothing could be read.
var ordinary = strings.NewReplacer(
	"\u00a0", " ", "\u202f", " ", "«", `"`, "»", `"`, "„", `"`, "“", `"`, "”", `"`, "’", "'", "ʼ", "'",
	"—", "-", "–", "-", "−", "-", "…", ".", "•", "*", "·", ".", "×", "x", "№", "N", "✓", "+",
	"←", "<", "→", ">", "↑", "^", "↓", "v",
)

// Signs is a frame as the terminal can show it: in ASCII the signs of our texts are made ordinary.
func (s *Styles) Signs(frame string) string {
	if !s.Theme.ASCII {
		return frame
	}
	return ordinary.Replace(frame)
}
