//go:build !windows

package config

import (
	"errors"
	"os"
)

// syncFolder has the names in a folder on the disk, so that a power cut does not undo a rename.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
