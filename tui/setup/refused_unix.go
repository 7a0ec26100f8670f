//go:build !windows

package setup

import (
	"errors"
	"syscall"
)

// isRefused reports that the other side is there and listens to nobody.
func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
