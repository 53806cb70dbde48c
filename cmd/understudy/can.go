package main

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/management"
)

// canCommand asks a server what it would decide if somebody made a call.
type canCommand struct {
	asked
	shown
	Principal string `arg:"" help:"Who: the name of a user or role, user/NAME, role/NAME, an access key ID, root, or an ARN, of any account."`
	accessFlags
	SessionPolicy string `name:"session-policy" complete:"policy" placeholder:"FILE" help:"@canSessionPolicy"`
	Keys          bool   `help:"Show the condition keys of the request too."`
}

// Help is the end of the help text.
func (*canCommand) Help() string {
	return `The answer is enforcement's, with all that explain shows: the layers, the statements, and what ` +
		`would allow a call that is denied. A role
is asked about as a session of it. A user who passes a session policy gets a session of GetFederationToken, which cannot call IAM.
The exit code is 0 if it is allowed and 1 if it is denied, also where enforcement is off; 2 and 3 mean that there was no answer.

    understudy can alice iam:CreateUser
    understudy can alice sts:AssumeRole arn:aws:iam::000000000000:role/deploy
    understudy can role/deploy s3:PutObject arn:aws:s3:::releases/v1 \
      --context s3:x-amz-acl=private

Without a server, by what the AWS CLI prints of a real account:

    understudy can alice iam:GetUser --details account.json`
}

// Run prints the decision.
func (c *canCommand) Run() error {
	ctx := context.Background()
	q, err := c.question()
	if err != nil {
		return usageError{err}
	}
	m, err := c.open(ctx, &c.partitionFlag)
	if err != nil {
		return err
	}
	if c.SessionPolicy != "" {
		if q.SessionPolicy, err = readPolicy(c.partition(), c.SessionPolicy, evaluator.Session); err != nil {
			return usageError{err}
		}
	}
	r, err := m.Authorize(ctx, q)
	if err != nil {
		return m.told(err)
	}
	if err := c.print(m, r); err != nil {
		return err
	}
	if r.Verdict != "allowed" {
		return errAnsweredNo
	}
	return nil
}

// question is the question that the flags describe, without a session policy.
func (c *canCommand) question() (*management.Question, error) {
	access, err := c.access()
	if err != nil {
		return nil, err
	}
	return &management.Question{Principal: c.Principal, Enforce: true, Access: *access}, nil
}

func (c *canCommand) print(m *manager, r *decisions.Record) error {
	if c.JSON {
		return m.printRaw()
	}
	p := c.printer(&c.endpoint)
	p.Context = c.Keys
	if c.Details != "" {
		p.Env = "" // without a server there are no credentials
	}
	if _, err := io.WriteString(os.Stdout, p.Record(r)); err != nil {
		return err
	}
	if r.Verdict != "allowed" {
		note(c.resourceNote())
	}
	if mode, err := m.Enforcement(context.Background()); err == nil && mode != "on" {
		note("enforcement is " + mode + ", so the server lets calls pass that are denied")
	}
	if c.SessionPolicy != "" && r.Principal.Type == "FederatedUser" && strings.HasPrefix(strings.ToLower(c.Action), "iam:") {
		note("a user passes a session policy to GetFederationToken, whose sessions cannot call IAM; a role can, with AssumeRole")
	}
	return nil
}
