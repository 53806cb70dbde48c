package iamcontainer_test

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"
	"github.com/testcontainers/testcontainers-go"

	"github.com/understudy-iam/understudy/docker/iamcontainer"
)

const (
	maxImage = 45_000_000 // bytes
	maxReady = time.Second
)

// start runs a container that ends with the test.
func start(t *testing.T, opts ...testcontainers.ContainerCustomizer) *iamcontainer.Container {
	t.Helper()
	c, err := iamcontainer.Run(t.Context(), iamcontainer.Image, opts...)
	testcontainers.CleanupContainer(t, c)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func client(t *testing.T, c *iamcontainer.Container) *iam.Client {
	t.Helper()
	cfg, err := c.AWSConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return iam.NewFromConfig(cfg)
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("docker", args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker %v: %v\n%s", args, err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

func TestImageIsSmall(t *testing.T) {
	size, err := strconv.Atoi(docker(t, "image", "inspect", "-f", "{{.Size}}", iamcontainer.Image))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("container: the image has %.1f MB of %d", float64(size)/1e6, maxImage/1_000_000)
	if size > maxImage {
		t.Errorf("the image has %d bytes; at most %d are wanted", size, maxImage)
	}
}

func TestImageRunsWithoutRoot(t *testing.T) {
	if user := docker(t, "image", "inspect", "-f", "{{.Config.User}}", iamcontainer.Image); user != "65532:65532" {
		t.Errorf("the image runs as %q", user)
	}
}

// The time from Docker's start of the process to the first healthy answer. Run
// itself takes longer: Docker makes the container and its network first. The best of a
// few starts counts, and on a machine on which Docker needs long to start a program and
// to see its end, ten times that.
func TestReadySoon(t *testing.T) {
	var best, most time.Duration
	for n := range 5 {
		took := readyAfter(t)
		if n == 0 {
			best = took
		}
		best, most = min(best, took), max(maxReady, most, 10*runTime(t))
		t.Logf("container: ready %v after its start", took.Round(time.Millisecond))
		if best <= most {
			return
		}
	}
	t.Errorf("ready after %v; at most %v is wanted", best, most)
}

// readyAfter is how long a container takes from its start until it is ready.
func readyAfter(t *testing.T) time.Duration {
	t.Helper()
	c := start(t)
	ready := time.Now()
	state, err := c.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	took := ready.Sub(parseTime(t, state.StartedAt))
	if took <= 0 {
		t.Fatalf("ready %v before its start", -took)
	}
	return took
}

// runTime is how long a command of the image takes that does nothing, from its start to
// its end as Docker sees them.
func runTime(t *testing.T) time.Duration {
	t.Helper()
	id := docker(t, "create", iamcontainer.Image, "version")
	t.Cleanup(func() { docker(t, "rm", "-f", id) })
	docker(t, "start", "-a", id)
	times := strings.Fields(docker(t, "inspect", "-f", "{{.State.StartedAt}} {{.State.FinishedAt}}", id))
	if len(times) != 2 {
		t.Fatalf("the command ran at %q", times)
	}
	return parseTime(t, times[1]).Sub(parseTime(t, times[0]))
}

func parseTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestPartition(t *testing.T) {
	c := start(t, iamcontainer.WithPartition("aws-cn"))
	me, err := client(t, c).GetUser(t.Context(), nil)
	if err != nil || aws.ToString(me.User.Arn) != "arn:aws-cn:iam::000000000000:root" {
		t.Errorf("root in China is %+v, %v", me, err)
	}
	if _, err := iamcontainer.Run(t.Context(), iamcontainer.Image, iamcontainer.WithPartition("china")); err == nil {
		t.Error("a partition that there is not")
	}
}

func TestHealthCommand(t *testing.T) {
	c := start(t)
	code, _, err := c.Exec(t.Context(), []string{"/understudy", "health"})
	if err != nil || code != 0 {
		t.Errorf("understudy health in the container ends with %d, %v", code, err)
	}
	code, _, err = c.Exec(t.Context(), []string{"/understudy", "health", "--addr", "127.0.0.1:1"})
	if err != nil || code == 0 {
		t.Errorf("understudy health where nobody listens ends with %d, %v; a failure is wanted", code, err)
	}
}

// Docker's own health check, as a compose file waits for it.
func TestHealthCheck(t *testing.T) {
	c := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for {
		state, err := c.State(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if state.Health != nil && state.Health.Status == "healthy" {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("Docker does not find the container healthy: %+v", state.Health)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func TestSeedAndEnforcement(t *testing.T) {
	for mode, code := range map[string]string{"on": "AccessDenied", "off": ""} {
		t.Run(mode, func(t *testing.T) {
			c := start(t, iamcontainer.WithSeed("testdata/seed.yaml"), iamcontainer.WithEnforcement(mode))
			root := client(t, c)
			key, err := root.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("ann")})
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := c.AWSConfig(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: *key.AccessKey.AccessKeyId, SecretAccessKey: *key.AccessKey.SecretAccessKey}, nil
			})
			_, err = iam.NewFromConfig(cfg).ListUsers(t.Context(), &iam.ListUsersInput{})
			var api smithy.APIError
			if got := errors.As(err, &api); got != (code != "") || got && api.ErrorCode() != code {
				t.Errorf("ann's ListUsers with enforcement %s: %v; want code %q", mode, err, code)
			}
		})
	}
}

func TestUnknownEnforcement(t *testing.T) {
	c, err := iamcontainer.Run(t.Context(), iamcontainer.Image, iamcontainer.WithEnforcement("maybe"))
	testcontainers.CleanupContainer(t, c)
	if err == nil || !strings.Contains(err.Error(), `"maybe" is none of on, log and off`) {
		t.Errorf("error = %v", err)
	}
}

// With a data directory the state outlives the container; without, it does not.
func TestState(t *testing.T) {
	volume := "understudy-test-" + strconv.FormatInt(time.Now().UnixNano(), 36)
	t.Cleanup(func() { docker(t, "volume", "rm", "-f", volume) })
	for name, tc := range map[string]struct {
		opts []testcontainers.ContainerCustomizer
		want int
	}{
		"kept in a volume": {[]testcontainers.ContainerCustomizer{iamcontainer.WithDataDir(volume)}, 1},
		"in memory":        {nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			first := start(t, tc.opts...)
			if _, err := client(t, first).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ann")}); err != nil {
				t.Fatal(err)
			}
			if err := first.Terminate(t.Context()); err != nil {
				t.Fatal(err)
			}
			out, err := client(t, start(t, tc.opts...)).ListUsers(t.Context(), &iam.ListUsersInput{})
			if err != nil {
				t.Fatal(err)
			}
			if len(out.Users) != tc.want {
				t.Errorf("%d users after a restart, want %d", len(out.Users), tc.want)
			}
		})
	}
}
