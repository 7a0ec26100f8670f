package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var (
	codeInGuide = regexp.MustCompile("(?s)```.*?```|`[^`]+`")
	// A call begins at the start of its code or behind a blank, a quote or a bracket, and ends where a shell would end it.
	callInGuide = regexp.MustCompile("(?m)(?:^|[\\s\"'(`/\\\\])skidkassa(?:\\.exe)?\\\\?\"?([ \t]+[^\\s|;&#)`./][^\\s;&#)`]*(?:[ \t]+[^\\s|;&#)`][^\\s;&#)`]*)*)")
)

// Each command line of the README and the guides is one that the program takes.
func TestTheGuidesCallCommandsThatThereAre(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, file := range append(files, "../../README.md", "../../ARCHITECTURE.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codeInGuide.FindAllString(string(text), -1) {
			for _, call := range callInGuide.FindAllStringSubmatch(code, -1) {
				for _, words := range alternatives(strings.Fields(call[1])) {
					calls++
					if wrong := wrongInCall(words); wrong != "" {
						t.Errorf("%s: skidkassa%s: %s", filepath.Base(file), call[1], wrong)
					}
				}
			}
		}
	}
	if calls < 40 {
		t.Errorf("only %d calls were found: are the guides read right?", calls)
	}
}

func TestAWrongCallIsSeen(t *testing.T) {
	for call, isWrong := range map[string]bool{
		"journal list --day 2025-11-21": false, "journal liszt": true, "journal list --dya 2025-11-21": true, "secret set cashier/Анна": false,
		"version --json": false, "demo --json": true, "--config a --data b": false, "settings": true, "secret set": true,
	} {
		if wrong := wrongInCall(strings.Fields(call)); (wrong != "") != isWrong {
			t.Errorf("skidkassa %s: %q", call, wrong)
		}
	}
}

// alternatives are the calls that a word such as "set|check|delete" stands for.
func alternatives(words []string) [][]string {
	for i, word := range words {
		if !strings.Contains(word, "|") {
			continue
		}
		var calls [][]string
		for one := range strings.SplitSeq(word, "|") {
			calls = append(calls, slices.Concat(words[:i], []string{one}, words[i+1:]))
		}
		return calls
	}
	return [][]string{words}
}

// wrongInCall says what is wrong with the words behind "skidkassa"; "" means nothing is.
func wrongInCall(words []string) string {
	root := newRoot(&program{})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(words...)
	for i := range words {
		words[i] = strings.Trim(words[i], `"',.:`)
	}
	command, rest, err := root.Find(words)
	if err != nil {
		return err.Error()
	}
	command.InitDefaultHelpFlag()
	if err := command.ParseFlags(rest); err != nil {
		return err.Error()
	}
	return wrongArguments(command)
}

func wrongArguments(command *cobra.Command) string {
	if command.Args == nil {
		return ""
	}
	if err := command.Args(command, command.Flags().Args()); err != nil {
		return err.Error()
	}
	return ""
}
