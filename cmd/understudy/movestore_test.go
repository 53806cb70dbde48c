package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestMoveToDatabase does what docs/replicas.md shows: the state of a directory is moved to a
// database, and back. Old keys and sessions work.
func TestMoveToDatabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	from := startProcess(t, "--data-dir", t.TempDir(), "--seed", "testdata/govern.yaml")
	if _, err := from.iam().CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("mover")}); err != nil {
		t.Fatal(err)
	}
	key, err := from.iam().CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("mover")})
	if err != nil {
		t.Fatal(err)
	}
	k := key.AccessKey
	session, err := from.sts(*k.AccessKeyId, *k.SecretAccessKey, "").GetSessionToken(ctx, &sts.GetSessionTokenInput{})
	if err != nil {
		t.Fatal(err)
	}
	database := startProcess(t, "--store", testkit.Postgres(t))
	back := startProcess(t, "--data-dir", t.TempDir())
	want := exported(t, from)
	for _, p := range []*process{database, back} {
		imported(t, p, want)
		if diff := cmp.Diff(readFile(t, want), readFile(t, exported(t, p))); diff != "" {
			t.Errorf("what was moved (-before +after):\n%s", diff)
		}
		c := session.Credentials
		who, err := p.sts(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken).GetCallerIdentity(ctx, nil)
		if err != nil || !strings.HasSuffix(*who.Arn, "user/mover") {
			t.Errorf("the old session is of %v, %v", who, err)
		}
	}
}

// exported exports the state with its secrets, and returns the name of the file.
func exported(t *testing.T, p *process) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "state.yaml")
	if out, err := exec.Command("understudy", "export", "--addr", p.addr, "--secrets", "--out", name).CombinedOutput(); err != nil {
		t.Fatalf("export: %v: %s", err, out)
	}
	return name
}

func imported(t *testing.T, p *process, name string) {
	t.Helper()
	if out, err := exec.Command("understudy", "import", "--addr", p.addr, name).CombinedOutput(); err != nil {
		t.Fatalf("import: %v: %s", err, out)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
