package main

import (
	"encoding/json"
	"testing"
)

// JSON on a terminal has no character that the terminal obeys, and means the same.
func TestHarmlessJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain \u00e9 \u4e16":  "\"plain \u00e9 \u4e16\"",
		"csi \u009b31m":        `"csi \u009b31m"`,
		"bidi \u202e \u2066":   `"bidi \u202e \u2066"`,
		"delete \u007f":        `"delete \u007f"`,
		"lines \u2028 \n \x1b": `"lines \u2028 \n \u001b"`,
	} {
		raw, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		got := harmlessJSON(raw)
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != text || string(got) != want {
			t.Errorf("%+q becomes %+q (%v), want %+q", text, got, err, want)
		}
	}
}
