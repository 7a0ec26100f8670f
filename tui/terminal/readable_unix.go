//go:build unix

package terminal

import (
	"os"

	"golang.org/x/sys/unix"
)

// isReadable reports whether a read would return at once. A system that cannot
// tell says no.
func isReadable(f *os.File) bool {
	fds := []unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n == 1 && fds[0].Revents&unix.POLLIN != 0
}
