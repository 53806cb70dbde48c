package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A terminal shows an error in lines of its width; in a file it is one line.
func TestErrorsAreAsWideAsTheTerminal(t *testing.T) {
	t.Setenv("COLUMNS", "60")
	t.Setenv("TERM", "xterm")
	const text = "understudy: role arn:aws:iam::111122223333:role/teams/platform/deploy is not there; make it with understudy import"
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got := said(text, file); got != text {
		t.Errorf("in a file: %q", got)
	}
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminal can be made here: %v", err)
	}
	defer terminal.Close()
	want := "understudy: role\n  arn:aws:iam::111122223333:role/teams/platform/deploy is\n  not there; make it with understudy import"
	if got := said(text, terminal); got != want {
		t.Errorf("on a terminal: %q\nwant %q", got, want)
	}
}
