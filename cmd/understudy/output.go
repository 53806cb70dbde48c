package main

import (
	"encoding/json"
	"os"
)

// printJSON prints v in one line of JSON, as every command with --json does.
func printJSON(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
