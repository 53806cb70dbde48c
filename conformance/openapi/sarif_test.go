package openapi_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sarifSchema is the schema of OASIS, see testdata/README.md. It checks the form of URIs too.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sarif is what a command prints with --format sarif.
func sarif(t *testing.T, command string, args ...string) string {
	t.Helper()
	binary := os.Getenv("UNDERSTUDY_BINARY")
	if binary == "" {
		t.Fatal("UNDERSTUDY_BINARY is not set; run `make conformance`")
	}
	cmd := exec.CommandContext(t.Context(), binary, append([]string{command, "--format", "sarif"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) { // 1: there are findings
		t.Fatal(err)
	}
	return string(out)
}

// Findings of each level; the name of the file is not a URI as it is.
const faultyPolicy = `{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:Nothing", "s3:GetObject", "s3:Get*"], "Resource": "arn:aws:s3:::a/*"},
  {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]}`

const faultySeed = `accounts:
- id: "111122223333"
  users:
  - name: alice
    inline: {read: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:Nothing", Resource: "*"}]}}
`

const escalatingSeed = `accounts:
- id: "111122223333"
  users:
  - name: ana
    inline: {own: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "iam:PutUserPolicy", Resource: "*"}]}}
`

const knownAudit = `{"account": "111122223333", "findings": []}`

func TestSARIFIsValid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	seed := file("seed.yaml", faultySeed)
	schema := sarifSchema(t)
	for name, c := range map[string]struct {
		command string
		args    []string
		has     []string
	}{
		"of a policy": {"lint", []string{file("my: policy é%.json", faultyPolicy)},
			[]string{`"level": "error"`, `"level": "warning"`, `"level": "note"`}},
		"of a seed": {"lint", []string{seed}, []string{`"fullyQualifiedName": "inline policy read of user alice"`}},
		"of a server": {"lint", []string{"--server", "--addr", strings.TrimPrefix(startWith(t, faultySeed), "http://")},
			[]string{"user alice"}},
		"of no finding": {"lint", []string{file("right.json", `{"Version": "2012-10-17", "Statement": []}`)}, []string{`"results": [`}},
		"of an audit": {"audit", []string{"--details", file("é and %.yaml", escalatingSeed)},
			[]string{`"ruleId": "iam-007"`, `"fullyQualifiedName": "inline policy own of user ana"`, `"level": "error"`}},
		"of an audit with what was known": {"audit", []string{"--details", seed, "--baseline", file("known.json", knownAudit)},
			[]string{`"baselineState": "new"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := sarif(t, c.command, c.args...)
			for _, part := range c.has {
				if !strings.Contains(text, part) {
					t.Errorf("the log does not have %s:\n%s", part, text)
				}
			}
			if err := validate(schema, text); err != nil {
				t.Errorf("%v in\n%s", err, text)
			}
		})
	}
}

// A schema that takes everything would prove nothing.
func TestSARIFSchemaRefuses(t *testing.T) {
	t.Parallel()
	schema := sarifSchema(t)
	const right = `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a", "informationUri": "https://a.example"}}, "results": [
		{"message": {"text": "a"}, "level": "note", "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b"}}}]}]}]}`
	if err := validate(schema, right); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"another version":      {`"2.1.0"`, `"2.0.0"`},
		"an unknown level":     {`"note"`, `"suggestion"`},
		"an unknown member":    {`"level"`, `"levels"`},
		"a tool without name":  {`"name": "a", `, ``},
		"a name that is a URI": {`a%20b`, `a%zz`},
	} {
		if validate(schema, strings.Replace(right, change[0], change[1], 1)) == nil {
			t.Errorf("the schema takes %s", name)
		}
	}
}

func validate(s *jsonschema.Schema, text string) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(value)
}
