//go:build conformance

package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// TestKillLosesNothing kills the server with SIGKILL while clients write. After
// a restart every acknowledged user is there, and none is there by half: a user
// that CreateUser made has its tags.
func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	acknowledged := map[string]bool{}
	for round := range 3 {
		cmd := exec.Command(binary(t), "serve", "--addr", "127.0.0.1:0", "--data-dir", dir, "--log-level", "error")
		cmd.Stderr = os.Stderr
		client := rootClient(announceOf(t, cmd))
		for _, name := range writeUntilKilled(t, client, cmd, round) {
			acknowledged[name] = true
		}
		if len(acknowledged) == 0 {
			t.Fatal("nothing was acknowledged before the kill")
		}
		checkUsers(t, rootClient(startServer(t, "--data-dir", copyOf(t, dir))), acknowledged)
	}
	t.Logf("%d acknowledged users over 3 kills", len(acknowledged))
}

const killAfter = 150 // acknowledged writes in a round

// writeUntilKilled creates users over four connections, kills the server once
// enough are acknowledged, and returns all names that were.
func writeUntilKilled(t *testing.T, client *iam.Client, cmd *exec.Cmd, round int) []string {
	t.Helper()
	var mu sync.Mutex
	var names []string
	var killed sync.Once
	var wait sync.WaitGroup
	for w := range 4 {
		wait.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("user-%d-%d-%d", round, w, i)
				_, err := client.CreateUser(context.Background(), &iam.CreateUserInput{
					UserName: &name, Tags: []types.Tag{{Key: aws.String("name"), Value: &name}},
				}, func(o *iam.Options) { o.Retryer = aws.NopRetryer{} })
				if err != nil {
					return // the server is gone
				}
				mu.Lock()
				names = append(names, name)
				enough := len(names) >= killAfter
				mu.Unlock()
				if enough {
					killed.Do(func() {
						if err := cmd.Process.Kill(); err != nil {
							t.Error(err)
						}
					})
				}
			}
		})
	}
	wait.Wait()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("the server was not killed: %v", err)
	}
	return names
}

// checkUsers compares the users of the server with those acknowledged.
func checkUsers(t *testing.T, client *iam.Client, acknowledged map[string]bool) {
	t.Helper()
	found := map[string]bool{}
	for pages := iam.NewListUsersPaginator(client, nil); pages.HasMorePages(); {
		page, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.Users {
			found[*u.UserName] = true
		}
	}
	for name := range acknowledged {
		if !found[name] {
			t.Errorf("%s was acknowledged and is lost", name)
		}
	}
	for name := range found {
		tags, err := client.ListUserTags(context.Background(), &iam.ListUserTagsInput{UserName: &name})
		if err != nil || len(tags.Tags) != 1 || *tags.Tags[0].Value != name {
			t.Errorf("%s is there by half: %v", name, err)
		}
	}
}

// rootClient is a client with the SDK's defaults: it retries what is worth it.
func rootClient(url string) *iam.Client {
	return iam.New(iam.Options{
		Region: "us-east-1", BaseEndpoint: &url,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
}

// copyOf copies a directory, so that looking changes nothing for the next round.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}
