//go:build race

package journal

// raced reports that the race detector watches, under which SQLite is ten times slower.
const raced = true
