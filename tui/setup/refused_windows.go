package setup

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isRefused reports that the other side is there and listens to nobody.
func isRefused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }
