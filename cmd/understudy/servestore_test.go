package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/internal/testkit"
)

func (p *process) iam() *iam.Client {
	return iam.New(iam.Options{Region: "us-east-1", BaseEndpoint: aws.String("http://" + p.addr), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")})
}

func (p *process) sts(key, secret, token string) *sts.Client {
	return sts.New(sts.Options{Region: "us-east-1", BaseEndpoint: aws.String("http://" + p.addr), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, token)})
}

// TestServersOnOneDatabase has three servers, each of which sees at once what another has
// done, opens the session tokens of the others, and misses nothing when one is killed.
func TestServersOnOneDatabase(t *testing.T) {
	t.Parallel()
	url := testkit.Postgres(t)
	ctx := context.Background()
	servers := make([]*process, 3)
	for i := range servers {
		servers[i] = startProcess(t, "--store", url)
	}
	for i := range 30 {
		on, other := servers[i%3], servers[(i+1)%3]
		name := fmt.Sprint("user", i)
		if _, err := on.iam().CreateUser(ctx, &iam.CreateUserInput{UserName: &name}); err != nil {
			t.Fatal(err)
		}
		if _, err := other.iam().GetUser(ctx, &iam.GetUserInput{UserName: &name}); err != nil {
			t.Errorf("created on one server, not seen on another: %v", err)
		}
		if _, err := other.iam().DeleteUser(ctx, &iam.DeleteUserInput{UserName: &name}); err != nil {
			t.Error(err)
		}
		var known smithy.APIError
		_, err := on.iam().GetUser(ctx, &iam.GetUserInput{UserName: &name})
		if !errors.As(err, &known) || known.ErrorCode() != "NoSuchEntity" {
			t.Errorf("deleted on one server, and on another: %v", err)
		}
	}
	session, err := servers[0].sts("test", "test", "").GetFederationToken(ctx, &sts.GetFederationTokenInput{Name: aws.String("ana")})
	if err != nil {
		t.Fatal(err)
	}
	if err := servers[0].Process.Kill(); err != nil {
		t.Fatal(err)
	}
	k := session.Credentials
	for _, p := range servers[1:] {
		who, err := p.sts(*k.AccessKeyId, *k.SecretAccessKey, *k.SessionToken).GetCallerIdentity(ctx, nil)
		if err != nil || !strings.HasSuffix(*who.Arn, "federated-user/ana") {
			t.Errorf("a session of a server that was killed is %v, %v", who, err)
		}
	}
}

// TestDatabaseComesBack stops the database under a server. Calls wait for it, and what was
// acknowledged is there.
func TestDatabaseComesBack(t *testing.T) {
	t.Parallel()
	database := testkit.NewPostgres(t)
	p := startProcess(t, "--store", database.Schema(t), "--log-level", "info")
	ctx := context.Background()
	create := func(name string) error {
		_, err := p.iam().CreateUser(ctx, &iam.CreateUserInput{UserName: &name})
		return err
	}
	if err := create("before"); err != nil {
		t.Fatal(err)
	}
	database.Stop(t)
	done := make(chan error)
	go func() { done <- create("meanwhile") }()
	database.Start(t)
	if err := <-done; err != nil {
		var known smithy.APIError
		if !errors.As(err, &known) || known.ErrorCode() != "ServiceFailure" { // if the machine is that slow
			t.Fatal(err)
		}
		if err := create("meanwhile"); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"before", "meanwhile"} {
		if _, err := p.iam().GetUser(ctx, &iam.GetUserInput{UserName: &name}); err != nil {
			t.Error(err)
		}
	}
}

// TestDatabasePassword looks for the password in everything that a server prints and answers.
func TestDatabasePassword(t *testing.T) {
	t.Parallel()
	const password = "s3cr3t-Pa55"
	database := testkit.NewPostgres(t)
	cutter := database.NewCutter(t)
	url := strings.Replace(cutter.URL(database.NewSchema(t)), "postgres@", "postgres:"+password+"@", 1)
	c := exec.Command("understudy", "serve", "--addr", "127.0.0.1:0", "--log-level", "debug", "--log-format", "json")
	c.Env = append(os.Environ(), "UNDERSTUDY_STORE="+url)
	var printed bytes.Buffer
	c.Stderr = &printed
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	banner := make([]byte, 1<<16)
	n, err := out.Read(banner)
	if err != nil {
		t.Fatal(err)
	}
	_, addr, _ := strings.Cut(string(banner[:n]), "http://")
	addr, _, _ = strings.Cut(addr, "\n")
	p := &process{Cmd: c, addr: addr}
	if !strings.Contains(string(banner[:n]), `state in database "postgres" at 127.0.0.1:`) {
		t.Errorf("the banner does not name the database: %s", banner[:n])
	}
	answers := p.ask(t, "GET", "health", "")
	cutter.CutAll() // the log tells of it
	if _, err := p.iam().ListUsers(t.Context(), nil); err != nil {
		answers += err.Error()
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	farewell, _ := out.Read(banner[n:])
	_ = c.Wait()
	for what, text := range map[string]string{
		"standard output": string(banner[:n+farewell]), "the log": printed.String(), "an answer": answers,
	} {
		if strings.Contains(text, password) {
			t.Errorf("the password is in %s: %s", what, text)
		}
	}
}
