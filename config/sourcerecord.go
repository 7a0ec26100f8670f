package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// recordName is the file in the data folder that names the source of secrets
// which has worked.
const recordName = "secrets-source"

// maxRecordBytes bounds the reading of that file.
const maxRecordBytes = 64

// RecordError means that the record of the secrets' source cannot be trusted:
// unreadable, or not one of the words that the program writes. It is an error
// and not a fresh start, because a fresh start could be a downgrade.
type RecordError struct {
	Path  string
	Cause error
}

// Error names the file.
func (e *RecordError) Error() string {
	return fmt.Sprintf("the record of where the secrets are, %s: %v", e.Path, e.Cause)
}

// Unwrap returns the cause.
func (e *RecordError) Unwrap() error { return e.Cause }

var errRecordWord = errors.New("neither keyring nor credentials")

// sourceRecord is that file.
type sourceRecord struct{ path string }

// read returns the recorded source, or "" when none is.
func (r sourceRecord) read() (Source, error) {
	data, err := readFile(r.path, maxRecordBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", &RecordError{r.path, err}
	}
	source := Source(strings.TrimSpace(string(data)))
	if source != FromKeyring && source != FromCredentials {
		return "", &RecordError{r.path, errRecordWord}
	}
	return source, nil
}

// write records a source, whole or not at all.
func (r sourceRecord) write(source Source) error {
	if err := os.MkdirAll(filepath.Dir(r.path), 0o700); err != nil {
		return &RecordError{r.path, err}
	}
	temporary, err := os.CreateTemp(filepath.Dir(r.path), recordName+"-*") // mode 0600
	if err != nil {
		return &RecordError{r.path, err}
	}
	_, err = temporary.WriteString(string(source) + "\n")
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), r.path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name()) // of no use to anybody
		return &RecordError{r.path, err}
	}
	return nil
}
