//go:build conformance

package conformance_test

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// TestReplicas starts docker/replicas.yaml: three servers on one database behind a balancer.
// What is written through the balancer is seen through it, also when a server is killed and
// when the database is started again.
func TestReplicas(t *testing.T) {
	dir, err := filepath.Abs("../docker")
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	env := []string{
		"UNDERSTUDY_PORT=" + port, "COMPOSE_PROJECT_NAME=understudy-replicas",
		"POSTGRES_IMAGE=understudy-postgres:debian", "BALANCER_IMAGE=understudy-haproxy:debian",
	}
	compose := []string{"docker-compose"}
	if exec.Command("docker", "compose", "version").Run() == nil {
		compose = []string{"docker", "compose"}
	}
	do := func(args ...string) string {
		return command(t, dir, env, compose[0], append(append(compose[1:], "--file", "replicas.yaml"), args...)...)
	}
	do("down", "--volumes")
	t.Cleanup(func() { do("down", "--volumes") })
	do("up", "--detach")
	client := rootClient("http://127.0.0.1:" + port)
	last := 0
	write := func(what string) {
		t.Helper()
		for range 12 {
			last++
			name := fmt.Sprint("user", last)
			untilItWorks(t, what, func(ctx context.Context) error {
				_, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: &name})
				if err != nil && strings.Contains(err.Error(), "EntityAlreadyExists") {
					return nil // an attempt whose answer was lost
				}
				return err
			})
			for range 3 { // each server
				untilItWorks(t, what, func(ctx context.Context) error {
					_, err := client.GetUser(ctx, &iam.GetUserInput{UserName: &name})
					if err != nil && strings.Contains(err.Error(), "NoSuchEntity") {
						t.Fatalf("%s: %s was created and is not there", what, name)
					}
					return err
				})
			}
		}
	}
	write("three servers")
	do("kill", "understudy2")
	write("two servers")
	do("restart", "database")
	write("a database that was started again")
	users := 0
	for pages := iam.NewListUsersPaginator(client, &iam.ListUsersInput{MaxItems: aws.Int32(10)}); pages.HasMorePages(); {
		untilItWorks(t, "the list", func(ctx context.Context) error {
			page, err := pages.NextPage(ctx)
			if err == nil {
				users += len(page.Users)
			}
			return err
		})
	}
	if users != last {
		t.Errorf("%d users are there, want %d", users, last)
	}
}

// untilItWorks tries a call for a while: the balancer needs some time to see that a server is gone.
func untilItWorks(t *testing.T, what string, call func(context.Context) error) {
	t.Helper()
	var err error
	for range 600 {
		if err = call(context.Background()); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s: %v", what, err)
}
