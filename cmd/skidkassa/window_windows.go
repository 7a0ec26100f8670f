package main

import (
	"bufio"
	"fmt"

	"github.com/inconshreveable/mousetrap"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// keepWindow keeps a window open that was opened for this program by a double
// click, and that would close with what the program has just said.
func (p *program) keepWindow() {
	if !mousetrap.StartedByExplorer() {
		return
	}
	_, _ = fmt.Fprintln(p.stderr, "\n"+p.say(texts.CLIPressEnter))
	_, _ = bufio.NewReader(p.stdin).ReadString('\n')
}
