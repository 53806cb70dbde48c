package understudy_test

import (
	"bytes"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// How wide a line may be, where a tab is four columns, and how long a string is
// that may make a line wider: texts of AWS, policies and tags of structs are not cut.
const (
	maxColumns = 140
	tabColumns = 4
	longString = 30
)

// TestLinesAreNotTooLong looks at all files that are not generated.
func TestLinesAreNotTooLong(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (path == "awsapi/next" || strings.HasPrefix(path, ".git") || d.Name() == "node_modules" ||
			d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_gen.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		if err == nil {
			checkColumns(t, path, source)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTestsHaveConnectionsOfTheirOwn: httptest.Server's Close ends the connections of
// http.DefaultClient, whichever test made them.
func TestTestsHaveConnectionsOfTheirOwn(t *testing.T) {
	t.Parallel()
	shared := regexp.MustCompile(`\bhttp\.(DefaultClient|Get\(|Head\(|Post\(|PostForm\()`)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") || path == "style_test.go" {
			return err
		}
		source, err := os.ReadFile(path)
		if found := shared.Find(source); found != nil {
			t.Errorf("%s has %s, whose connections another test can end; use testkit.HTTP", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkColumns(t *testing.T, path string, source []byte) {
	t.Helper()
	exempt := linesOfLongStrings(source)
	for i, line := range bytes.Split(source, []byte("\n")) {
		columns := utf8.RuneCount(line) + (tabColumns-1)*bytes.Count(line, []byte("\t"))
		if columns > maxColumns && !exempt[i+1] {
			t.Errorf("%s:%d has %d columns, and at most %d are easy to read; break the line", path, i+1, columns, maxColumns)
		}
	}
}

// linesOfLongStrings are the lines that a long string is in.
func linesOfLongStrings(source []byte) map[int]bool {
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, 0)
	lines := map[int]bool{}
	for {
		at, kind, text := s.Scan()
		if kind == token.EOF {
			return lines
		}
		if kind == token.STRING && len(text) > longString {
			first := file.Line(at)
			for i := range strings.Count(text, "\n") + 1 {
				lines[first+i] = true
			}
		}
	}
}
