//go:build !windows

package terminal

import "github.com/skidkassa/skidkassa/internal/screenshot"

// Cells is the screen with its colours, line by line.
func (t *Terminal) Cells() [][]screenshot.Cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	return screenshot.Cells(t.screen)
}

// Cursor is where the cursor stands, from 0, and whether it is shown.
func (t *Terminal) Cursor() (column, row int, visible bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	cursor := t.screen.Cursor()
	return cursor.X, cursor.Y, t.screen.CursorVisible()
}
