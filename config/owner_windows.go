package config

import (
	"io/fs"
	"os"
)

// keepOwner does nothing: who may read a file is inherited from its folder.
func keepOwner(*os.File, fs.FileInfo) error { return nil }
