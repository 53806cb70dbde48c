package decisions

import (
	"strings"
	"testing"
)

// A statement of a seed is named by its place there.
func TestPlacesOfStatements(t *testing.T) {
	t.Parallel()
	for want, source := range map[string]*Source{
		"statement 1 of p (line 1, column 38)":           nil,
		"statement 1 of p (iam.yaml, line 12, column 9)": {File: "iam.yaml", Line: 12, Column: 9},
		"statement 1 of p (iam.yaml, line 12)":           {File: "iam.yaml", Line: 12},
	} {
		s := Statement{Policy: Policy{ID: "p"}, Start: Position{1, 38}, Source: source}
		if got := s.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	s := Statement{Policy: Policy{ID: "p"}, Effect: "Allow", Source: &Source{File: "a\x1b[2Jb.yaml", Line: 1}}
	r := &Record{Checks: []Check{{Decision: "allowed", Layers: []Layer{{Decision: "allowed", Statements: []Statement{s}}}}}}
	if text := (Printer{}).Record(r); strings.Contains(text, "\x1b") || !strings.Contains(text, "b.yaml") {
		t.Errorf("%q", text)
	}
}
