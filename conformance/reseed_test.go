//go:build conformance

package conformance_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// A seed that is watched is applied when it changes, with the file that it refers
// to; one that is not, on SIGHUP. A file with a fault changes nothing.
func TestSeedsAreAppliedAgain(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string][]string{"watched": {"--watch-seed"}, "on SIGHUP": nil} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) {
				t.Helper()
				temporary := filepath.Join(dir, name+".new") // as editors do
				if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Rename(temporary, filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			seed := func(user string) {
				write("iam.yaml", "accounts:\n- id: \"000000000000\"\n  users: [{name: "+user+", inline: {own: {file: own.json}}}]\n")
			}
			write("own.json", allow("iam:*"))
			seed("ann")
			cmd := exec.Command(binary(t), append([]string{"serve", "--addr", "127.0.0.1:0", "--log-level", "error", "--seed",
				filepath.Join(dir, "iam.yaml")}, flags...)...)
			url := announceOf(t, cmd)
			t.Cleanup(func() {
				_ = cmd.Process.Signal(os.Interrupt)
				if err := cmd.Wait(); err != nil {
					t.Error(err)
				}
			})
			client := iam.New(iam.Options{
				BaseEndpoint: &url, Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
			})
			comes := func(user string) {
				t.Helper()
				if flags == nil {
					if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
						t.Fatal(err)
					}
				}
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				defer cancel()
				for {
					if _, err := client.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(user)}); err == nil {
						return
					}
					if ctx.Err() != nil {
						t.Fatalf("the user %s did not come", user)
					}
				}
			}
			comes("ann")
			write("iam.yaml", "accounts: [{id: none}]")
			seed("bob")
			comes("bob")
		})
	}
}

// Rules of --faults are in force from the start.
func TestFaultsFromTheStart(t *testing.T) {
	t.Parallel()
	rules := filepath.Join(t.TempDir(), "faults.yaml")
	if err := os.WriteFile(rules, []byte("- {kind: throttle, operation: \"iam:ListUsers\", count: 1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := startServer(t, "--faults", rules)
	client := iam.New(iam.Options{
		BaseEndpoint: &url, Region: "us-east-1", Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	testkit.WantError(t, testkit.Refused(client.ListUsers(t.Context(), nil)), "Throttling", "Rate exceeded")
	testkit.Must(client.ListUsers(t.Context(), nil))(t)
}
