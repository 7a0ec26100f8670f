package waiterapi

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isAddressBusy reports whether another program has the port. WSAEACCES is how Windows refuses a port that another program
// holds exclusively.
func isAddressBusy(err error) bool {
	return errors.Is(err, windows.WSAEADDRINUSE) || errors.Is(err, windows.WSAEACCES)
}
