package tui

import "github.com/skidkassa/skidkassa/tui/look"

// layoutName names a layout to the cashier.
func (e *env) layoutName(english string) string { return look.LayoutName(e.Texts, english) }
