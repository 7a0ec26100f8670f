package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Under Windows' service manager nobody reads stderr: the log says why a till
// without a screen has ended, even one that could not begin.
func TestTheLogSaysWhyAServiceEnded(t *testing.T) {
	r := newRun(t, "")
	dataDir := r.getenv("SKIDKASSA_DATA")
	r.logEnd(&flags{}, errors.New("the settings cannot be used"))
	written, err := os.ReadFile(filepath.Join(dataDir, logName))
	if err != nil || !strings.Contains(string(written), `"msg":"the till without a screen ended","err":"the settings cannot be used"`) {
		t.Errorf("the log is %s, %v", written, err)
	}
	r.environ = []string{"SKIDKASSA_DATA=" + filepath.Join(dataDir, logName)} // a file: nothing can be written there
	r.logEnd(&flags{}, errors.New("again"))
}
