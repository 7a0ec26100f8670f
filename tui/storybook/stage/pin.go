package stage

import "context"

// PIN is somebody's PIN.
type PIN struct {
	Right     string
	Unset     bool
	NeededErr error // of asking whether it is needed
	CheckErr  error // of checking it
}

// Needed reports whether a PIN is set.
func (p *PIN) Needed(context.Context) (bool, error) { return !p.Unset, p.NeededErr }

// Check compares.
func (p *PIN) Check(_ context.Context, pin string) (bool, error) { return pin == p.Right, p.CheckErr }
