package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// folder looks whether the data folder is there, private and writable.
func (d *doctor) folder(context.Context) finding {
	dir := d.place.dataDir
	if dir == "" {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	said := texts.Args{"Dir": dir}
	cure := d.say(texts.CLICureFolder, said)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fine(d.say(texts.CLIFoundNoFolder, said))
	case err != nil:
		return failed(err.Error(), cure)
	case !info.IsDir():
		return failed(d.say(texts.CLIFoundNotFolder, said), cure)
	}
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return failed(err.Error(), cure)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return failed(err.Error(), cure)
	}
	read, write, mode, err := d.reachOf(dir)
	switch {
	case err != nil:
		return failed(err.Error(), cure)
	case (read || write) && mode == "":
		return warning(d.say(texts.CLIFoundReach, said), d.cureReach(dir, texts.CLICureOpenFolder))
	case read || write:
		said["Mode"] = mode
		return warning(d.say(texts.CLIFoundOpenFolder, said), d.cureReach(dir, texts.CLICureOpenFolder))
	}
	return fine(dir)
}

// How much room the till's disk must have left. The reserve and a journal take
// less than the first; what a busy till, its log and its backups write in some
// weeks is less than the second.
const (
	diskFail    = 4 << 20   // bytes
	diskWarning = 500 << 20 // bytes
)

// disk looks whether there is room, by writing: quotas and failing disks do not
// show in the count of free bytes.
func (d *doctor) disk(context.Context) finding {
	if d.place.dataDir == "" {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	left := ^uint64(0)
	for _, folder := range []string{d.place.dataDir, filepath.Dir(d.place.journal)} {
		existing := nearestFolder(folder)
		if existing == folder {
			if err := d.tryWrite(folder); err != nil {
				return d.diskFailed(folder, err)
			}
		}
		if free, err := d.freeBytes(existing); err == nil {
			left = min(left, free)
		}
		if left < diskFail {
			return d.diskFull(folder)
		}
	}
	said := texts.Args{"MiB": left >> 20}
	switch {
	case left == ^uint64(0):
		return fine(d.say(texts.CLIFoundWritten))
	case left < diskWarning:
		return warning(d.say(texts.CLIFoundLittleRoom, said), d.say(texts.CLICureRoom))
	}
	return fine(d.say(texts.CLIFoundRoom, said))
}

func (d *doctor) diskFailed(folder string, err error) finding {
	if journal.CodeOf(err) == journal.Full {
		return d.diskFull(folder)
	}
	return failed(d.say(texts.CLIFoundUnwritten, texts.Args{"Dir": folder, "Why": cause(err)}), d.say(texts.CLICureUnwritten))
}

func (d *doctor) diskFull(folder string) finding {
	return failed(d.say(texts.CLIFoundFull, texts.Args{"Dir": folder}), d.say(texts.CLICureRoom))
}

// nearestFolder is the folder itself, or the nearest one above it that is there.
func nearestFolder(folder string) string {
	for {
		if info, err := os.Stat(folder); err == nil && info.IsDir() || filepath.Dir(folder) == folder {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}

// log looks whether the log can be written, and how much it takes.
func (d *doctor) log(context.Context) finding {
	if d.place.dataDir == "" {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	path := filepath.Join(d.place.dataDir, logName)
	said := texts.Args{"File": path}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return fine(d.say(texts.CLIFoundNoLog, said))
	}
	if err != nil {
		said["Why"] = cause(err)
		return failed(d.say(texts.CLIFoundBadLog, said), d.say(texts.CLICureLog, said))
	}
	_ = file.Close() // nothing was written
	// The rotation gives older files a time before the ending.
	files, err := filepath.Glob(filepath.Join(d.place.dataDir, "skidkassa*.log"))
	if err != nil {
		return failed(err.Error(), d.say(texts.CLICureLog, said))
	}
	bytes := int64(0)
	for _, name := range files {
		if info, err := os.Stat(name); err == nil {
			bytes += info.Size()
		}
	}
	said["KiB"] = (bytes + 1<<10 - 1) >> 10
	return fine(d.say(texts.CLIFoundLog, said))
}
