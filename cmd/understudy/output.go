package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/understudy-iam/understudy/internal/shell"
	"github.com/understudy-iam/understudy/management"
)

// printJSON prints v as one line of JSON, as every command with --json does.
func printJSON(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := os.Stdout.Write(harmlessJSON(b.Bytes()))
	return err
}

// harmlessJSON escapes characters that a terminal obeys. For programs the JSON is the
// same, and people see the characters. The newline at the end stays.
func harmlessJSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, obeyed) {
		return text
	}
	var b bytes.Buffer
	for _, r := range string(text) {
		if obeyed(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

func obeyed(r rune) bool { return r != '\n' && shell.Obeyed(r) }

// writeReport writes v as JSON on several lines for people, like the reports of --format.
func writeReport(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// tooMany refuses a count larger than a server lists.
func tooMany(count int) error {
	return fmt.Errorf("--count %d is too many: -n takes up to %d; give --since to see others", count, management.MaxListed)
}
