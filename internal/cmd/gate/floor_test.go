package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFloor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ profile, fault string }{
		"everything ran":                  {"mode: set\na/b.go:1.2,3.4 2 1\na/b.go:5.2,6.4 1 9\n", ""},
		"one of many statements":          {"mode: set\na/b.go:1.2,3.4 2 1\na/b.go:5.2,6.4 1 0\n", "a/b.go:5.2,6.4"},
		"ran in another test program":     {"mode: set\na/b.go:1.2,3.4 2 0\na/b.go:1.2,3.4 2 1\n", ""},
		"a block without statements":      {"mode: set\na/b.go:1.2,3.4 0 0\n", ""},
		"no block":                        {"mode: set\n", "the profile is empty"},
		"something that is not a profile": {"mode: set\nok a/b 0.1s\n", "line 2 is not a block"},
		"an output without any profile":   {"", "the profile is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "profile")
			if err := os.WriteFile(file, []byte(c.profile), 0o600); err != nil {
				t.Fatal(err)
			}
			err := floor([]string{file}, new(bytes.Buffer))
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("floor: %v, want %q", err, c.fault)
			}
		})
	}
}

func TestFloorReadsOneFile(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"a", "b"}, {filepath.Join(t.TempDir(), "none")}} {
		if err := floor(args, new(bytes.Buffer)); err == nil {
			t.Errorf("floor %q succeeds", args)
		}
	}
}
