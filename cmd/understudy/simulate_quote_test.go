package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

// The simulator's spans do not begin and end exactly where the statement does.
func TestStatementText(t *testing.T) {
	t.Parallel()
	span := func(startLine, startColumn, endLine, endColumn int32) types.Statement {
		return types.Statement{
			StartPosition: &types.Position{Line: startLine, Column: startColumn},
			EndPosition:   &types.Position{Line: endLine, Column: endColumn},
		}
	}
	for _, c := range []struct {
		name, document string
		statement      types.Statement
		line, column   int32
		text           string
	}{
		{"lines that end in CR LF, tabs", "{\"Statement\":[\r\n\t{\"Effect\":\"Allow\"}\r\n]}", span(1, 15, 2, 20), 2, 2,
			`{"Effect":"Allow"}`},
		{"a comma that begins the line", "[{}\n , {\"a\":1}]", span(1, 4, 2, 11), 2, 4, `{"a":1}`},
		{"a character of two columns before it", `["𐐀",{"a":1}]`, span(1, 6, 1, 14), 1, 7, `{"a":1}`},
		{"no list", `{"Statement":{"a":{}}}`, span(1, 15, 1, 22), 1, 14, `{"a":{}}`},
		{"an empty line within", "[{\n\n}]", span(1, 2, 3, 2), 1, 2, "{\n\n}"},
		{"a document that is another by now", `{}`, span(7, 3, 9, 4), 7, 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if line, column := begin(splitLines(c.document), c.statement); int32(line) != c.line || column != c.column {
				t.Errorf("it begins at %d:%d, want %d:%d", line, column, c.line, c.column)
			}
			if diff := cmp.Diff(c.text, statementText(c.document, c.statement)); diff != "" {
				t.Errorf("statementText (-want +got):\n%s", diff)
			}
		})
	}
}

// Text from a document or a server cannot control the terminal.
func TestControlCharactersAreNotPrinted(t *testing.T) {
	t.Parallel()
	hostile := "a\x1b[2J\u009b31m\r\u202eb\u2066"
	a := &simulationAnswer{requests: []simulatedRequest{{
		Action: hostile, Resource: hostile, Decision: "explicitDeny", Missing: []string{hostile},
		Statements: []simulatedStatement{{Policy: hostile, File: hostile, document: hostile, raw: types.Statement{
			StartPosition: &types.Position{Line: 1, Column: 1}, EndPosition: &types.Position{Line: 1, Column: 2},
		}}},
	}}}
	var b strings.Builder
	if err := a.printTable(&b); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexAny(b.String(), "\x1b\u009b\r\u202e\u2066"); i >= 0 || !strings.Contains(b.String(), "a\ufffd[2J\ufffd31m") {
		t.Errorf("%q", b.String())
	}
}
