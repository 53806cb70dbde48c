package decisions

import (
	"slices"
	"testing"
)

// A command is cut before its options, and never within quotation marks, where the line break
// would be part of the value.
func TestOptions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`aws iam get-user --user-name bob`:            {`aws iam get-user`, `--user-name bob`},
		`aws x --a 'it'\''s --not an option' --b`:     {`aws x`, `--a 'it'\''s --not an option'`, `--b`},
		`aws x --a 'one --two' --b '{"c":" --d"}'`:    {`aws x`, `--a 'one --two'`, `--b '{"c":" --d"}'`},
		`aws x --a ''\'''\'' --in' --b`:               {`aws x`, `--a ''\'''\'' --in'`, `--b`},
		`aws x --a '\' --b 'a backslash in quotes \'`: {`aws x`, `--a '\'`, `--b 'a backslash in quotes \'`},
	} {
		if got := options(text); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
