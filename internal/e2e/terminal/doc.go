// Package terminal runs a program in a pseudo-terminal and looks at what a person would see.
//
// The program gets a real terminal of the kernel. What it writes goes through an emulator, whose screen tests wait on
// and compare, and is also kept as it came, for what must never reach a terminal. What a person or a keyboard-wedge
// scanner does is written as the bytes that a terminal sends for it:
//
//	term, err := terminal.Start(exec.Command("skidkassa"), terminal.Options{})
//	defer term.Close()
//	err = term.WaitFor("Отсканируйте QR")
//	err = term.Scan(payload, terminal.EachRune(time.Millisecond))
//	err = term.Press(terminal.F2)
//
// The package knows nothing of the till, and pseudo-terminals are not to be had on Windows.
package terminal
