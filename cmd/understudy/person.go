package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/internal/awscli"
	"github.com/understudy-iam/understudy/internal/localclient"
	"github.com/understudy-iam/understudy/internal/shell"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

// person is a user of a running server, with clients to ask about them.
type person struct {
	manager *manager
	client  *iam.Client // of the root user of the person's account
	name    string      // as the server spells it
	arn     string
}

// personOf finds a user by name, or by the ARN of a user of any account.
func (e *endpoint) personOf(ctx context.Context, written string) (*person, error) {
	m, health, err := e.well(ctx)
	if err != nil {
		return nil, err
	}
	asked := written
	if !strings.ContainsAny(written, "/:") { // a role may have the same name
		asked = "user/" + written
	}
	found, err := m.Principal(ctx, asked)
	if err != nil {
		return nil, usageError{m.told(err)}
	}
	if found.Type != "user" || found.Session != "" {
		return nil, usageError{fmt.Errorf("%s is not a user; give the name or the ARN of one", written)}
	}
	return &person{manager: m, client: e.rootOf(m.url, found.Account, health), name: found.Name, arn: found.ARN}, nil
}

// well returns a manager of a server that answers, and the server's health.
func (e *endpoint) well(ctx context.Context) (*manager, *management.Health, error) {
	m, err := e.manage()
	if err != nil {
		return nil, nil, err
	}
	health, err := m.Health(ctx)
	return m, health, m.told(err)
}

// rootOf is a client of the root user of an account.
func (e *endpoint) rootOf(url, account string, health *management.Health) *iam.Client {
	key := aws.Credentials{AccessKeyID: e.RootAccessKeyID, SecretAccessKey: e.RootSecretAccessKey}
	if account != health.Account {
		key.AccessKeyID = account
	}
	return iam.NewFromConfig(localclient.Config(url, principal.Partition(health.Partition).Region(), key))
}

// awsCommand is the call as a command of the AWS CLI.
func awsCommand(operation string, input any) string {
	words := []string{"aws", "iam", awscli.Name(operation)}
	for _, a := range awscli.Arguments(input) {
		words = append(words, a.Words()...)
	}
	return shell.Command(words)
}

// tell writes lines for people to standard output, without characters that a terminal
// obeys.
func tell(format string, args ...any) {
	_, _ = io.WriteString(os.Stdout, decisions.CleanLines(fmt.Sprintf(format, args...))+"\n")
}
