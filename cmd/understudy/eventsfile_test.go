package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/internal/localclient"
)

// All calls are in the events file when the server has ended.
func TestEventsFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	p := startProcess(t, "--events-file", path)
	root := iam.NewFromConfig(localclient.Config("http://"+p.addr, "us-east-1",
		aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))
	for _, name := range []string{"ana", "bob", "ana"} {
		_, _ = root.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}) // the last one fails
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the server ends with %v", err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got := []string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var r events.Record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Errorf("%s: %v", lines.Text(), err)
		}
		got = append(got, r.UserIdentity.Type+" "+r.EventName+" "+r.ErrorCode)
	}
	if diff := cmp.Diff([]string{"Root CreateUser ", "Root CreateUser ", "Root CreateUser EntityAlreadyExistsException"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
