//go:build !linux

package main

// portOwner would name the program that listens where a till wants to; only
// Linux tells without an unsafe call.
func portOwner(string) string { return "" }
