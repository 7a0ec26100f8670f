//go:build unix

package main

import "golang.org/x/sys/unix"

// freeBytes is how much this user can still write in a folder's file system.
func freeBytes(folder string) (uint64, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(folder, &stat); err != nil {
		return 0, err
	}
	return uint64(stat.Bavail) * uint64(stat.Bsize), nil // whose types differ between systems
}
