package gosdk_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// serve starts the command with flags, in a home directory, and returns its URL.
func serve(t *testing.T, home string, flags ...string) string {
	t.Helper()
	binary := os.Getenv("UNDERSTUDY_BINARY")
	if binary == "" {
		t.Fatal("UNDERSTUDY_BINARY is not set; run `make conformance`")
	}
	c := exec.Command(binary, append([]string{"serve", "--json", "--addr", "127.0.0.1:0", "--log-level", "error"}, flags...)...)
	c.Env = append(os.Environ(), "HOME="+home)
	out := testkit.Must(c.StdoutPipe())(t)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("the server did not stop cleanly: %v", err)
		}
	})
	var announced struct{ URL string }
	if err := json.NewDecoder(out).Decode(&announced); err != nil {
		t.Fatalf("the server did not announce itself: %v", err)
	}
	return announced.URL
}

// TestEmulator puts policies in front of AWS's emulator, which has none: its files are
// found by its port, read when they are needed, and read again when it has restarted.
func TestEmulator(t *testing.T) {
	t.Parallel()
	home, ctx := t.TempDir(), context.Background()
	emulator := newDouble(t, home)
	config := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(serve(t, home, "--upstream", "emulator:"+emulator.port())),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), RetryMaxAttempts: 1,
	}
	root := iam.NewFromConfig(config)
	testkit.Must(root.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
	key := testkit.Must(root.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("ana")}))(t).AccessKey
	config.Credentials = credentials.NewStaticCredentialsProvider(*key.AccessKeyId, *key.SecretAccessKey, "")
	ana := dynamodb.NewFromConfig(config)
	lists := func(want string) {
		t.Helper()
		if got := outcome(ana.ListTables(ctx, nil)); got != want {
			t.Errorf("ListTables: %s, want %s", got, want)
		}
	}

	lists("AccessDeniedException")
	testkit.Must(root.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("ana"), PolicyName: aws.String("own"),
		PolicyDocument: aws.String(
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:ListTables","Resource":"*"}}`)}))(t)
	lists("ServiceUnavailable")
	for run := range int64(3) {
		emulator.start(t)
		lists("orders")
		if emulator.served.Load() != run+1 {
			t.Errorf("run %d: the emulator has served %d calls", run, emulator.served.Load())
		}
		emulator.stop(t)
		lists("ServiceUnavailable")
	}
}

// outcome is the table that is listed, or the code of the error.
func outcome(out *dynamodb.ListTablesOutput, err error) string {
	var answered smithy.APIError
	switch {
	case errors.As(err, &answered):
		return answered.ErrorCode()
	case err != nil:
		return err.Error()
	case len(out.TableNames) != 1:
		return "no table"
	}
	return out.TableNames[0]
}
