//go:build race

package main

// raced reports that the race detector watches; what is built runs without it in any case.
const raced = true
