//go:build !unix

package terminal

import (
	"os"
	"time"
)

// isReadable says no where the system cannot be asked: a key sequence at the
// end of a full read is then delivered as far as it came.
func isReadable(*os.File) bool { return false }

// waitReadable says no where the system cannot be asked: the terminal counts as
// one that does not answer.
func waitReadable(*os.File, time.Duration) bool { return false }
