package iamtest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/iamtest"
)

// A test can check that a call was denied for the right reason.
func ExampleServer_Why() {
	srv := iamtest.Start(exampleTB{})
	ctx := context.Background()
	_, err := srv.IAM().CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ana")})
	must(err)

	_, err = srv.As("ana").IAM().ListUsers(ctx, &iam.ListUsersInput{})
	decision, why := srv.Why(err)
	must(why)
	fmt.Println(decision.Verdict, "by", decision.Checks[0].DeniedBy)
	fmt.Println(decision.Checks[0].Advice[0].Steps[0].Sentence)
	// Output:
	// denied by identity
	// Give user ana a policy that allows iam:ListUsers on arn:aws:iam::000000000000:user/.
}

func TestWhyNeedsAnAnswer(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	if _, err := srv.Why(errors.New("no server has said this")); err == nil {
		t.Error("an error without an answer has a decision")
	}
	if _, err := srv.Decision("nothing"); err == nil {
		t.Error("a request that was not made has a decision")
	}
}

// failing records what Start says when it fails.
type failing struct {
	*testing.T
	said *string
}

func (f failing) Fatalf(format string, args ...any) { *f.said = fmt.Sprintf(format, args...) }

func TestASeedWithAFaultStartsNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "seed.yaml")
	if err := os.WriteFile(file, []byte("accounts:\n- id: 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var said string
	if srv := iamtest.Start(failing{t, &said}, iamtest.WithSeed(file)); srv != nil || !strings.Contains(said, "seed.yaml:2: account ID") {
		t.Errorf("Start says %q", said)
	}
}
