// Package noquery keeps the program from asking the terminal for its background colour before main runs.
//
// Bubble Tea's own init does so, through lipgloss and termenv, and waits five seconds for the answer: on a terminal that
// does not answer, even `skidkassa version` would take that long, and what a scanner types meanwhile would be lost.
// termenv asks no terminal that calls itself "dumb", so this package's init names the terminal that until main calls
// [Restore]. The background then counts as dark unless COLORFGBG says otherwise, without a question.
//
// The order is certain, not lucky. Go initialises the package whose dependencies are done and whose import path sorts
// first. This package needs only os. Bubble Tea needs os/signal, which needs os too and sorts after this one: so when
// os is done this package comes before os/signal, and Bubble Tea after it. That holds as long as nothing but os is
// imported here; a test watches both the order and the time on a mute terminal.
package noquery

import "os"

// quiet is a terminal type that termenv never queries.
const quiet = "dumb"

var term, isSet = os.LookupEnv("TERM")

func init() {
	// The error of Setenv is a malformed name, which TERM is not.
	_ = os.Setenv("TERM", quiet)
}

// Restore gives the environment its TERM back. Main calls it first of all, before anything looks at the terminal.
func Restore() {
	if !isSet {
		_ = os.Unsetenv("TERM")
		return
	}
	_ = os.Setenv("TERM", term)
}
