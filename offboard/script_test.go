package offboard_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/offboard"
)

var update = flag.Bool("update", false, "write testdata")

// testdata has the scripts; conformance runs others with the AWS CLI.
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file    string
		options offboard.Options
		literal bool
	}{
		{"disable.sh", offboard.Options{}, false},
		{"disable-literal.sh", offboard.Options{}, true},
		{"delete.sh", offboard.Options{Delete: true, RevokeRoles: true}, false},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			s := alice(assumed(30, "alice", "AKIAALICE", deploy, "a", "ASIA1", ""), assumed(20, "", "ASIA1", abroad, "x", "ASIA2", ""))
			s.Assumable = []offboard.Role{{deploy, 2 * time.Hour}}
			got, file := offboard.Make(s, c.options).Script(c.literal), filepath.Join("testdata", c.file)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What events and policies say never ends the program.
func FuzzMake(f *testing.F) {
	f.Add(`{"credentials":{"accessKeyId":"A","expiration":"Jan 31, 2027 12:30:00 PM"},`+
		`"assumedRoleUser":{"assumedRoleId":"R:s","arn":"arn:aws:sts::1:assumed-role/r/s"}}`,
		`{"roleArn":"arn:aws:iam::1:role/r"}`, `{"Statement":{"Resource":"AIDAALICE"}}`)
	f.Add(`null`, `[]`, `{"Statement":[{"Condition":{"StringEquals":{"aws:userid":["a"]}}}]}`)
	f.Fuzz(func(t *testing.T, answer, parameters, policy string) {
		r := assumed(30, "alice", "AKIAALICE", deploy, "a", "ASIA1", "")
		r.ResponseElements, r.RequestParameters = json.RawMessage(answer), json.RawMessage(parameters)
		s := alice(r)
		s.Policies = []offboard.Policy{{"p", "", policy}}
		s.Earlier = map[string]string{deploy: policy}
		p := offboard.Make(s, offboard.Options{Delete: true, RevokeRoles: true})
		if n := len(operations(p)); n < 4 || p.Script(false) == "" {
			t.Errorf("%d steps", n)
		}
	})
}
