package policytest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/policytest"
)

func ExampleTest() {
	// In a test of a program, with its *testing.T: policytest.Test(t, "policies.yaml")
	t := &recorder{}
	policytest.Test(t, "testdata/example.yaml")
	fmt.Println(strings.Join(t.errors, "\n"))
	// Output:
	// testdata/example.yaml:8: app may s3:PutObject on arn:aws:s3:::reports/2026.csv
	//      It is denied: nothing in the layer identity allows it.
	//
	//      implicit deny  s3:PutObject on arn:aws:s3:::reports/2026.csv
	//        Nothing in the identity-based policies allows it, and what is not allowed
	//          is denied.
	//
	//        identity-based policies: implicit deny: no statement allows it
	//          Statement Read of managed policy app (testdata/app.json, line 4,
	//            column 5) comes closest:
	//            {
	//              "Sid": "Read",
	//              "Effect": "Allow",
	//              "Action": "s3:GetObject",
	//                        ^^^^^^^^^^^^^^
	//              "Resource": "arn:aws:s3:::reports/*"
	//            }
	//            Action does not match
	//              wants  s3:GetObject
	//              got    s3:PutObject
}

// recorder is a test that notes its errors.
type recorder struct{ errors []string }

func (*recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (*recorder) Context() context.Context            { return context.Background() }

// A file that is wrong ends the test.
func TestTestEndsWithAFault(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "tests.yaml")
	if err := os.WriteFile(name, []byte("state: nowhere.yaml\nallow: [{principal: a, action: 's3:GetObject'}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if said := fmt.Sprint(recover()); !strings.Contains(said, "nowhere.yaml") {
			t.Error(said)
		}
	}()
	policytest.Test(&recorder{}, name)
	t.Error("it goes on")
}
