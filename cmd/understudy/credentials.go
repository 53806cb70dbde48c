package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/internal/localclient"
	"github.com/understudy-iam/understudy/management"
)

type credentialsCommand struct {
	endpoint
	sessionFlags
	Principal string `arg:"" help:"Name or ARN of a role or user; user/NAME or role/NAME where both have it."`
}

// sessionFlags are the options for a session of a role.
type sessionFlags struct {
	SessionName string        `group:"Session of a role:" name:"session-name" default:"understudy" placeholder:"NAME" help:"@sessionSessionName"`
	Duration    time.Duration `group:"Session of a role:" default:"1h" placeholder:"DURATION" help:"@sessionDuration"`
	ExternalID  string        `group:"Session of a role:" name:"external-id" placeholder:"ID" help:"External ID that the trust policy wants."`
	SkipTrust   bool          `group:"Session of a role:" name:"skip-trust" help:"@sessionSkipTrust"`
}

// Help is the end of the help text.
func (*credentialsCommand) Help() string {
	return `Of a role it assumes a session, as the root user. A user gets an access key that no list shows, ` +
		`the same each time. A profile can take them:

    [profile app]
    credential_process = understudy credentials app

Whoever uses the profile gets new credentials when the old ones are over. understudy env --as writes such a profile.`
}

// Run prints the credentials.
func (c *credentialsCommand) Run() error {
	issued, err := c.credentialsOf(c.Principal, &c.sessionFlags)
	if err != nil {
		return err
	}
	p := processCredentials{
		Version: 1, AccessKeyID: issued.AccessKeyID, SecretAccessKey: issued.SecretAccessKey, SessionToken: issued.SessionToken,
	}
	if issued.Expiration != nil {
		p.Expiration = issued.Expiration.UTC().Format(time.RFC3339)
	}
	return printJSON(p)
}

// processCredentials is the output for credential_process.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
type processCredentials struct {
	Version         int    `json:"Version"`
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:"SecretAccessKey"`
	SessionToken    string `json:"SessionToken,omitempty"`
	Expiration      string `json:"Expiration,omitempty"`
}

// credentialsOf returns the credentials of a principal, as people write it.
func (e *endpoint) credentialsOf(written string, session *sessionFlags) (*management.IssuedCredentials, error) {
	m, err := e.manage()
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	found, err := m.Principal(ctx, written)
	if err != nil {
		return nil, m.told(err)
	}
	if found.Type == "role" && !session.SkipTrust {
		return e.assume(ctx, m.url, found.ARN, session)
	}
	q := &management.CredentialsRequest{Principal: found.ARN}
	if found.Type == "role" {
		q.SessionName, q.DurationSeconds = session.SessionName, int(session.Duration/time.Second)
	}
	issued, err := m.IssueCredentials(ctx, q)
	return issued, m.told(err)
}

// assume assumes the role as the root user, as AWS would let it.
func (e *endpoint) assume(ctx context.Context, url, role string, session *sessionFlags) (*management.IssuedCredentials, error) {
	config := localclient.Config(url, partitionOf(role).Region(),
		aws.Credentials{AccessKeyID: e.RootAccessKeyID, SecretAccessKey: e.RootSecretAccessKey})
	in := &sts.AssumeRoleInput{
		RoleArn: &role, RoleSessionName: &session.SessionName, DurationSeconds: aws.Int32(int32(session.Duration / time.Second)),
	}
	if session.ExternalID != "" {
		in.ExternalId = &session.ExternalID
	}
	out, err := sts.NewFromConfig(config).AssumeRole(ctx, in)
	if err != nil {
		return nil, notAssumed(err)
	}
	return &management.IssuedCredentials{
		ARN: *out.AssumedRoleUser.Arn, Expiration: out.Credentials.Expiration, Credentials: management.Credentials{
			AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey,
			SessionToken: *out.Credentials.SessionToken,
		},
	}, nil
}

// notAssumed is the error of a role that could not be assumed, with what to do.
func notAssumed(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == "AccessDenied" {
		return fmt.Errorf("AccessDenied: %s; the role's trust policy must allow sts:AssumeRole to the account, or give --skip-trust",
			api.ErrorMessage())
	}
	return spoken(err)
}
