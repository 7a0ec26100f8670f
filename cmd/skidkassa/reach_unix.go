//go:build unix

package main

import (
	"io/fs"
	"os"
	"strconv"
)

// reachOf tells which other users of this machine may read or write a file or a
// folder, by its mode, which it gives too.
func reachOf(path string) (read, write bool, mode string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, false, "", err
	}
	const othersRead, othersWrite fs.FileMode = 0o044, 0o022
	bits := info.Mode().Perm()
	return bits&othersRead != 0 || info.IsDir() && bits&0o077 != 0, bits&othersWrite != 0, strconv.FormatUint(uint64(bits), 8), nil
}
