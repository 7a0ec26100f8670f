package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// ErrFileChanged means that somebody else has changed the settings file since it was read. It was left as it is.
var ErrFileChanged = errors.New("the settings file was changed by somebody else")

// errNotKeptWhole is a defect of the editing; the file was left as it is.
var errNotKeptWhole = errors.New("the changed settings would not load as they should")

// WriteError means that the settings file could not be written. The old one is still in its place.
type WriteError struct {
	Path  string
	Cause error
}

// Error names the file and what the operating system said.
func (e *WriteError) Error() string { return fmt.Sprintf("%s cannot be written: %v", e.Path, e.Cause) }

// Unwrap returns the cause.
func (e *WriteError) Unwrap() error { return e.Cause }

// backupEnding is how the settings file before the last change is named after it.
const backupEnding = ".bak"

// File is a settings file as it was read, to be changed by a person through the program. What the environment and the
// command line say over it is none of its business.
type File struct {
	path     string
	read     []byte // nil: there was no file
	settings Settings
}

// OpenFile reads a settings file that may be missing. The error is a [*SettingsError] with what is wrong with it: such a
// file is mended by hand, since nobody knows what was meant.
func OpenFile(path string) (*File, error) {
	f := &File{path: path, settings: Default()}
	var err error
	if f.read, err = readFile(path, maxFileBytes); errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, &SettingsError{[]Problem{fileProblem(path, err)}}
	}
	l := loader{settings: Default(), from: map[string]Problem{}}
	l.file(path, f.read)
	l.together()
	if len(l.problems) > 0 {
		return nil, &SettingsError{l.sorted()}
	}
	f.settings = l.settings
	return f, nil
}

// Path is the file's name.
func (f *File) Path() string { return f.path }

// Missing reports that there was no file.
func (f *File) Missing() bool { return f.read == nil }

// Values are the file's settings by key, each written as on the command line; what the file does not say is as [Default]
// has it. Written back by [File.Write] they change nothing.
func (f *File) Values() map[string]string { return Values(f.settings) }

// Change gives the settings with changes, and writes nothing. The error is a [*SettingsError].
func (f *File) Change(changes Overrides) (Settings, error) {
	l := loader{settings: f.settings, from: map[string]Problem{}}
	l.flags(changes)
	l.together()
	if len(l.problems) > 0 {
		return Settings{}, &SettingsError{l.sorted()}
	}
	return l.settings, nil
}

// Write changes the file: the values in their places, with every comment and all else as it was, and new keys below their
// tables. A file that was missing is written whole, with comments. The new file is loaded before it takes the old one's
// place, at once or not at all, and the old one is kept beside it as FILE.bak. Owner, group and mode of the file stay, or it
// is not written; a new one is this user's alone.
//
// The error is a [*SettingsError] for values that no setting can have, [ErrFileChanged], or a [*WriteError]; the file is
// then as it was. What was written is what the next Write takes for granted.
func (f *File) Write(changes Overrides) error {
	settings, err := f.Change(changes)
	if err != nil {
		return err
	}
	text := []byte(Render(settings))
	if !f.Missing() {
		text = f.edited(settings)
	}
	if bytes.Equal(text, f.read) {
		return nil
	}
	if err := f.replace(text, settings); err != nil {
		if !errors.Is(err, ErrFileChanged) {
			err = &WriteError{f.path, err}
		}
		return err
	}
	f.read, f.settings = text, settings
	return nil
}

// edited is the file's text with what is to change in it.
func (f *File) edited(settings Settings) []byte {
	was, wanted := literals(f.settings), literals(settings)
	for key, literal := range wanted {
		if was[key] == literal {
			delete(wanted, key)
		}
	}
	mark := f.read[:len(f.read)-len(bytes.TrimPrefix(f.read, utf8BOM))]
	return slices.Concat(mark, edited(f.read[len(mark):], wanted))
}

// replace puts a text into the file's place.
func (f *File) replace(text []byte, settings Settings) error {
	path := f.path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the link stays a link
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := f.unchanged(); err != nil {
		return err
	}
	old, err := os.Stat(path)
	if err != nil {
		old = nil // there is none
	}
	fresh, err := writeBeside(path, text, old)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(fresh) }() // there is none when all went well
	loaded, err := Load(Input{File: fresh})
	if err != nil || Render(loaded.Settings) != Render(settings) {
		return errors.Join(errNotKeptWhole, err)
	}
	if f.read != nil {
		backup, err := writeBeside(path, f.read, old)
		if err == nil {
			err = os.Rename(backup, path+backupEnding)
		}
		if err != nil {
			_ = os.Remove(backup) // of no use to anybody
			return err
		}
	}
	if err := f.unchanged(); err != nil { // as late as can be
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// unchanged compares the file with what was read.
func (f *File) unchanged() error {
	now, err := readFile(f.path, maxFileBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.read == nil:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errTooLarge):
		return err
	case err != nil, f.read == nil, !bytes.Equal(now, f.read):
		return ErrFileChanged
	}
	return nil
}

// writeBeside writes a file of another name into the folder of path, and has it on the disk when it returns its name. Whose
// it is and who may read it is as with the old one; without one it is this user's alone.
func writeBeside(path string, text []byte, old fs.FileInfo) (name string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if old != nil && err == nil {
		err = errors.Join(keepOwner(file, old), file.Chmod(old.Mode().Perm())) // in this order: a new owner resets bits
	}
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		_ = os.Remove(file.Name()) // of no use to anybody
	}
	return file.Name(), err
}
