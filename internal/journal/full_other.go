//go:build !windows

package journal

import "syscall"

// diskFull are the errors of a file system without room, for anybody or for this user.
var diskFull = []error{syscall.ENOSPC, syscall.EDQUOT}
