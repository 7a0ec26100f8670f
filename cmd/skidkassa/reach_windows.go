package main

import "golang.org/x/sys/windows"

// reachOf tells which other users of this machine may read or write a file or a
// folder, by its access list. There is no mode.
func reachOf(path string) (read, write bool, mode string, err error) {
	descriptor, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return false, false, "", err
	}
	read, write = reachOfList(descriptor.String())
	return read, write, "", nil
}
