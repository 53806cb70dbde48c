package main

import (
	"encoding/json"
	"io"
	"os"
)

// printJSON prints v in one line of JSON, as every command with --json does.
func printJSON(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// writeReport writes v as JSON in lines for people, as reports are that --format asks for.
func writeReport(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
