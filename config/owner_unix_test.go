//go:build unix

package config

import (
	"os"
	"slices"
	"syscall"
	"testing"
)

// TestTheOwnerStays gives the settings file to another group of this user, or as root to anybody.
func TestTheOwnerStays(t *testing.T) {
	path := writeFile(t, "[shop]\nvendor = 4\n")
	group := otherGroup(t)
	for _, err := range []error{os.Chown(path, -1, group), os.Chmod(path, 0o640)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := openFile(t, path).Write(Overrides{{"shop.vendor", "5"}}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + backupEnding} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if has := info.Sys().(*syscall.Stat_t); int(has.Gid) != group || int(has.Uid) != os.Getuid() || info.Mode().Perm() != 0o640 {
			t.Errorf("%s is of %d:%d, %v, want %d:%d, -rw-r-----", name, has.Uid, has.Gid, info.Mode(), os.Getuid(), group)
		}
	}
}

// otherGroup is a group that this user may give files to, and that new files do not have. A user of one group alone has only
// that.
func otherGroup(t *testing.T) int {
	t.Helper()
	if os.Getuid() == 0 {
		return 12345
	}
	groups, err := os.Getgroups()
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(groups, func(group int) bool { return group != os.Getgid() }); i >= 0 {
		return groups[i]
	}
	return os.Getgid()
}
