package sts

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const (
	defaultRootDuration = 900            // seconds; also the maximum
	rootTasks           = "root-task/"   // the path of the policies
	rootSessions        = "RootSessions" // the organization's feature
)

// AssumeRoot returns credentials of a member account's root user, for one task.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
//
// The caller is a user or role of the organization's management account, or of an account that
// administers IAM for it; root sessions are enabled in the organization; the target is another
// member. The task policy, which denies everything but the task, is the session policy. The
// credentials last 15 minutes at most.
func (s *Service) AssumeRoot(ctx context.Context, in *sts.AssumeRootInput) (*sts.AssumeRootOutput, error) {
	c := caller(ctx)
	target, err := s.rootTarget(ctx, in)
	if err != nil {
		return nil, err
	}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		ok, err := mayTakeRoot(tx, c, target)
		if err == nil && !ok {
			err = authz.NotAuthorized(c.ARN, "sts:AssumeRoot", s.partition.In(target).Root())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	duration := int64(aws.ToInt32(in.DurationSeconds))
	if duration == 0 { // which AWS takes (recorded)
		duration = defaultRootDuration
	}
	now := s.now(c).Unix()
	t := &token{
		Kind: principal.Root, Operation: "AssumeRoot", IssuedAt: now, ExpiresAt: now + duration,
		PolicyARNs: []string{aws.ToString(in.TaskPolicyArn.Arn)},
	}
	out := &sts.AssumeRootOutput{}
	if c.Session != nil && c.Session.SourceIdentity != "" {
		t.SourceIdentity = c.Session.SourceIdentity
		out.SourceIdentity = aws.String(t.SourceIdentity)
	}
	if out.Credentials, err = s.issue(ctx, &order{account: target, token: t, minimumSize: in.MinimumSessionTokenSize}); err != nil {
		return nil, err
	}
	out.SessionTokenSize, out.SessionTokenUtilization = tokenSize(out.Credentials)
	return out, nil
}

// rootTarget checks the request and returns the account that it is about.
func (s *Service) rootTarget(ctx context.Context, in *sts.AssumeRootInput) (string, error) {
	c := caller(ctx)
	target, err := checkAssumeRoot(s.partition, c, in)
	if err != nil {
		return "", err
	}
	task := aws.ToString(in.TaskPolicyArn.Arn)
	if !strings.HasPrefix(task, s.partition.AWSPolicy(rootTasks)) {
		return "", invalidTaskPolicy()
	}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		_, err := s.authz.Document(tx, c.AccountID, task)
		return err
	})
	if errors.Is(err, persistence.ErrNotFound) {
		return "", invalidTaskPolicy()
	}
	return target, err
}

// checkAssumeRoot makes the checks that need no state.
func checkAssumeRoot(p principal.Partition, c *principal.Caller, in *sts.AssumeRootInput) (string, error) {
	if c.Request.GlobalEndpoint {
		return "", unknownOnGlobalEndpoint()
	}
	if in.TaskPolicyArn == nil || in.TaskPolicyArn.Arn == nil {
		return "", noTaskPolicy()
	}
	target := aws.ToString(in.TargetPrincipal)
	if arn, ok := principal.ParseARN(target); ok {
		if target = arn.AccountID; arn.String() != p.In(target).Root() {
			return "", invalidTarget()
		}
	}
	if !principal.ValidAccountID(target) {
		return "", invalidTarget()
	}
	return target, nil
}

// mayTakeRoot reports whether the organization lets the caller's account take
// root sessions in the target.
func mayTakeRoot(tx persistence.Tx, c *principal.Caller, target string) (bool, error) {
	if c.Kind == principal.Root {
		return false, nil
	}
	o, m, err := persistence.OrganizationOf(tx, c.AccountID)
	if err != nil || o == nil {
		return false, err
	}
	administers := c.AccountID == m.Management || slices.Contains(o.Administrators, c.AccountID)
	return administers && !o.BillingOnly && !o.NoTrustedAccess && slices.Contains(o.RootFeatures, rootSessions) &&
		target != m.Management && slices.Contains(o.Accounts, target), nil
}

// assumeRootRule asks for the permission on the target's root user, which the caller's policies
// alone decide.
func assumeRootRule() authz.Rule {
	return authz.For(func(q *authz.Query, in *sts.AssumeRootInput) ([]authz.Need, error) {
		target, err := checkAssumeRoot(q.Partition, q.Caller, in)
		if err != nil {
			return nil, err
		}
		return []authz.Need{{
			Action: "sts:AssumeRoot", Resource: q.Partition.In(target).Root(),
			Keys: []authz.Key{
				authz.String("sts:TaskPolicyArn", *in.TaskPolicyArn.Arn), authz.String("aws:ResourceAccount", target),
			},
		}}, nil
	})
}
