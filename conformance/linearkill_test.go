package conformance_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// TestLinearizableOverKills kills the server while clients call it, and starts it
// again on the same directory, three times in a history.
func TestLinearizableOverKills(t *testing.T) {
	testkit.Long(t)
	t.Parallel()
	const clients, calls, kills = 6, 100_000, 3
	command := builtCommand(t)
	total := 0
	for round := range testkit.Rounds(t, 1, 5*time.Second) {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			dir := t.TempDir()
			h := &linearHistory{begin: time.Now()}
			for life := range kills + 1 {
				server, client := startLife(t, command, "--data-dir", dir)
				if life < kills {
					time.AfterFunc(time.Duration(20+rand.IntN(60))*time.Millisecond, func() { _ = server.Process.Kill() })
					h.clients(life*clients, clients, calls, client)
				} else {
					h.clients(life*clients, clients, 10, client)
					_ = server.Process.Kill()
				}
				_ = server.Wait() // which says that it was killed
			}
			h.check(t)
			total += len(h.list)
		})
	}
	t.Logf("%d calls, %d kills in each round", total, kills)
}

// startLife starts the command with flags about its store.
func startLife(t *testing.T, command string, flags ...string) (*exec.Cmd, *iam.Client) {
	t.Helper()
	server := exec.Command(command, append([]string{"serve", "--addr", "127.0.0.1:0", "--log-level", "error", "--json"}, flags...)...)
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var about struct{ URL string }
	if err == nil {
		err = json.Unmarshal(line, &about)
	}
	if err != nil {
		t.Fatalf("the server did not announce itself: %v: %s", err, line)
	}
	return server, iam.New(iam.Options{
		Region: "us-east-1", BaseEndpoint: &about.URL, RetryMaxAttempts: 1,
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("test", "test", "")),
	})
}

// builtCommand builds the command, and returns its path.
func builtCommand(t *testing.T) string {
	t.Helper()
	command := filepath.Join(t.TempDir(), "understudy")
	if out, err := exec.Command("go", "build", "-o", command, "../cmd/understudy").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return command
}
