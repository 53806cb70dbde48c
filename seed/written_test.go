package seed_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/seed"
)

const writtenSeed = `accounts:
  - id: "111122223333"
    users:
      - name: ana
        inline:
          mapping:
            Version: 2012-10-17
            Statement:
              - {Effect: Allow, Action: "iam:é𐐀*", Resource: "*"}
              - Effect: Deny
                Action: "iam:List*"
                Resource: "*"
          text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
          lines: |
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}
          file: {file: policy.json}
      - name: bob
        inline:
          file: {file: policy.json}
          twice: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "ec2:*", Resource: "*"}]}
          again: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "ec2:*", Resource: "*"}]}
`

const writtenFile = `{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":"sns:*","Resource":"*"}]}`

// A place in a document is found in the seed, or in the file to which the seed refers,
// unless the document is at two places.
func TestWhereDocumentsAreWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name, other := filepath.Join(dir, "iam.yaml"), filepath.Join(dir, "policy.json")
	for file, text := range map[string]string{name: writtenSeed, other: writtenFile} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type place struct {
		File         string
		Line, Column int32
	}
	got := map[string][]place{}
	err := seed.ApplyFile(context.Background(), seed.Options{Store: memstore.New(), Written: func(document string, w *seed.Written) {
		parsed, err := evaluator.Parse(document)
		if err != nil {
			t.Error(err)
			return
		}
		for _, s := range parsed.Statements {
			at := w.Place(s.Start)
			got[s.Actions[0].Value] = append(got[s.Actions[0].Value], place{filepath.Base(w.File), at.Line, at.Column})
		}
	}}, name)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]place{
		"iam:é𐐀*": {{"iam.yaml", 9, 17}}, "iam:List*": {{"iam.yaml", 10, 17}}, "s3:*": {{"iam.yaml", 13, 0}},
		"sqs:*": {{"iam.yaml", 16, 0}}, "sns:*": {{"policy.json", 2, 3}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A fault in a document names the line in the seed, or the file.
func TestWhereDocumentsAreAtFault(t *testing.T) {
	t.Parallel()
	const head = "accounts:\n- id: '111122223333'\n  users:\n  - name: a\n    inline:\n"
	for _, c := range []struct{ name, text, want string }{
		{"a mapping", head + "      p:\n        Statement:\n        - Effect: Allow\n          Action: '*'\n          Resorce: '*'\n",
			`f:7: user a: inline policy p: MalformedPolicyDocument: Syntax errors in policy. (line 10, column 11, Statement[0].Resorce: INVALID_POLICY_ELEMENT: The policy element Resorce is not valid. Did you mean Resource?)`},
		{"lines", head + "      p: |\n        {\"Statement\":\n        {\"Efect\":\"Allow\"}}\n",
			`f:6: user a: inline policy p: MalformedPolicyDocument: Syntax errors in policy. (line 8, Statement.Efect: INVALID_POLICY_ELEMENT: The policy element Efect is not valid. Did you mean Effect?)`},
		{"a file", head + "      p: {file: policies/p.json}\n",
			`f:6: user a: inline policy p: MalformedPolicyDocument: Syntax errors in policy. (in policies/p.json, line 2, column 2, Statement.Efect: INVALID_POLICY_ELEMENT: The policy element Efect is not valid. Did you mean Effect?)`},
	} {
		o := seed.Options{Store: memstore.New(), Open: func(string) ([]byte, error) {
			return []byte("{\"Statement\":\n{\"Efect\":\"Allow\"}}"), nil
		}}
		err := seed.Apply(context.Background(), o, "f", []byte(c.text))
		var fault *seed.Fault
		if !errors.As(err, &fault) || fault.Error() != c.want {
			t.Errorf("%s: got\n%v, want\n%s", c.name, err, c.want)
		}
	}
}
