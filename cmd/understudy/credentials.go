package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/internal/localclient"
)

type credentialsCommand struct {
	endpoint
	Role        string        `arg:"" help:"Name or ARN of the role. Its trust policy must admit the account."`
	SessionName string        `name:"session-name" default:"understudy" placeholder:"NAME" help:"Name of the session."`
	Duration    time.Duration `default:"1h" placeholder:"DURATION" help:"How long the session lasts, 15m to 12h; the role's maximum bounds it."`
	ExternalID  string        `name:"external-id" placeholder:"ID" help:"External ID that the trust policy wants."`
}

// Help is the end of the help text.
func (*credentialsCommand) Help() string {
	return `The command assumes the role as the root user and prints the session's credentials in the form that credential_process of
AWS profiles takes:

    [profile app]
    credential_process = understudy credentials app

Whoever uses the profile gets new credentials when the old ones are over.`
}

// Run prints the credentials of a session.
func (c *credentialsCommand) Run() error {
	url, err := c.url()
	if err != nil {
		return err
	}
	config := localclient.Config(url, aws.Credentials{AccessKeyID: c.RootAccessKeyID, SecretAccessKey: c.RootSecretAccessKey})
	ctx := context.Background()
	in := &sts.AssumeRoleInput{RoleArn: &c.Role, RoleSessionName: &c.SessionName, DurationSeconds: aws.Int32(int32(c.Duration / time.Second))}
	if c.ExternalID != "" {
		in.ExternalId = &c.ExternalID
	}
	if !strings.HasPrefix(c.Role, "arn:") {
		out, err := iam.NewFromConfig(config).GetRole(ctx, &iam.GetRoleInput{RoleName: &c.Role})
		if err != nil {
			return notAssumed(err)
		}
		in.RoleArn = out.Role.Arn
	}
	out, err := sts.NewFromConfig(config).AssumeRole(ctx, in)
	if err != nil {
		return notAssumed(err)
	}
	return printJSON(processCredentials{
		Version: 1, AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey,
		SessionToken: *out.Credentials.SessionToken, Expiration: out.Credentials.Expiration.UTC().Format(time.RFC3339),
	})
}

// processCredentials are what credential_process prints.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
type processCredentials struct {
	Version         int    `json:"Version"`
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:"SecretAccessKey"`
	SessionToken    string `json:"SessionToken"`
	Expiration      string `json:"Expiration"`
}

// notAssumed is the error of a role that could not be assumed, with what to do.
func notAssumed(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == "AccessDenied" {
		return fmt.Errorf("AccessDenied: %s; the role's trust policy must allow sts:AssumeRole to the account", api.ErrorMessage())
	}
	return spoken(err)
}
