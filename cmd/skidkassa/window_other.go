//go:build !windows

package main

// keepWindow has nothing to do: elsewhere the terminal outlives the program.
func (p *program) keepWindow() {}
