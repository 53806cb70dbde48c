package advice_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// No advice of any case drops a condition: each condition of a statement that changes
// is in the statement that it becomes, with all its values.
func TestConditionsAreKept(t *testing.T) {
	t.Parallel()
	changed := 0
	for _, path := range caseFiles(t) {
		_, cases := readCases(t, path)
		for _, c := range cases {
			for _, a := range c.read(t).advice(t) {
				for _, x := range a.Steps {
					if x.Edit == nil || len(x.Edit.Before) == 0 {
						continue
					}
					changed++
					after := conditionsOf(t, x.Edit.After)
					for condition := range conditionsOf(t, x.Edit.Before) {
						if !after[condition] {
							t.Errorf("%s: %s is gone from %s", c.name, condition, x.Edit.After)
						}
					}
				}
			}
		}
	}
	if changed < 20 {
		t.Errorf("%d statements change, want more to look at", changed)
	}
}

// conditionsOf are the conditions of a statement: operator, key and value.
func conditionsOf(t *testing.T, statement json.RawMessage) map[string]bool {
	t.Helper()
	var s struct{ Condition map[string]map[string]any }
	if err := json.Unmarshal(statement, &s); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for operator, keys := range s.Condition {
		for key, value := range keys {
			list, ok := value.([]any)
			if !ok {
				list = []any{value}
			}
			for _, v := range list {
				text, _ := v.(string)
				out[operator+" "+key+" "+text] = true
			}
		}
	}
	return out
}

// Each command is a valid command of the AWS CLI. internal/shell tests that a shell reads
// its words unchanged.
func TestCommandsAreOfTheAWSCLI(t *testing.T) {
	t.Parallel()
	for _, path := range caseFiles(t) {
		_, cases := readCases(t, path)
		for _, c := range cases {
			for _, a := range c.read(t).advice(t) {
				for _, x := range a.Steps {
					if x.Command != "" && !strings.HasPrefix(x.Command, "aws ") {
						t.Errorf("%s: the command %s", c.name, x.Command)
					}
				}
			}
		}
	}
}
