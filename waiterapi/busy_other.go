//go:build !windows

package waiterapi

import (
	"errors"
	"syscall"
)

// isAddressBusy reports whether another program has the port.
func isAddressBusy(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
