package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func demandBuild(t *testing.T, from string, got build, version, commit, date string, modified bool) {
	t.Helper()
	if got.Version != version || got.Commit != commit || got.Date != date || got.Modified != modified {
		t.Errorf("from %s: got %+v, want %s, %s, %s, modified %v", from, got, version, commit, date, modified)
	}
}

func TestBuild(t *testing.T) {
	info := &debug.BuildInfo{
		Main: debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2025-11-21T19:42:00Z"}, {Key: "vcs.modified", Value: "true"},
		},
	}
	demandBuild(t, "a working tree", buildOf(info), "1.2.3", "abc", "2025-11-21T19:42:00Z", true)
	demandBuild(t, "nothing", buildOf(&debug.BuildInfo{}), "(devel)", "", "", false)
	version, commit, date = "9.0.0", "def", "2026-11-22T01:02:03Z"
	defer func() { version, commit, date = "", "", "" }()
	demandBuild(t, "the linker", buildOf(info), "9.0.0", "def", "2026-11-22T01:02:03Z", false)
}

// What `go install` of a commit records is its version alone.
func TestBuildOfAPseudoVersion(t *testing.T) {
	const stamp, commit = "20251121194200", "0123456789ab"
	for _, pseudo := range []string{
		"v0.0.0-" + stamp + "-" + commit,
		"v1.2.4-0." + stamp + "-" + commit,
		"v1.2.3-pre.0." + stamp + "-" + commit,
		"v0.0.0-" + stamp + "-" + commit + "+dirty",
	} {
		got := buildOf(&debug.BuildInfo{Main: debug.Module{Version: pseudo}})
		demandBuild(t, pseudo, got, strings.TrimPrefix(pseudo, "v"), commit, "2025-11-21T19:42:00Z", false)
	}
	for _, other := range []string{
		"", "(devel)", "v1.2.3", "v1.2.3-rc.1", "v1.2.3-rc-" + commit, "v0.0.0-" + stamp + "-0123456789", "v0.0.0-" + stamp + "-0123456789xy",
	} {
		if commit, date := ofPseudoVersion(other); commit != "" || date != "" {
			t.Errorf("%q is taken for commit %q of %q", other, commit, date)
		}
	}
}
