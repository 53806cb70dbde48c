package sts

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// ServiceSession is a session of a role that a service of AWS starts, such as
// EC2 for an instance.
type ServiceSession struct {
	// Caller is no principal: it has only the facts of the request that led to the session, under which the decision is recorded.
	Caller *principal.Caller

	Service  string // as trust policies name it: ec2.amazonaws.com
	RoleARN  string
	Name     string        // of the session
	Duration time.Duration // not limited by the role's maximum

	// SourceARN and SourceAccount say for whom the service acts; see
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
	SourceARN, SourceAccount string

	Keys map[string]string // condition keys of the calls that the session makes
	Tags map[string]string // session tags, which the trust policy must admit too
}

// StartServiceSession returns the credentials of a session that a service starts for itself. It is
// not an operation of AWS's API: at AWS, too, the service calls AssumeRole as a service principal,
// and the role's trust policy alone decides. The error is AccessDenied if it does not admit the
// service or the role does not exist. The decision is recorded as one of AssumeRole.
func (s *Service) StartServiceSession(ctx context.Context, w *ServiceSession) (*types.Credentials, error) {
	arn, err := s.parseRoleARN(&w.RoleARN)
	if err != nil {
		return nil, err
	}
	c := w.Caller
	ctx, err = s.authz.Federate(ctx, &authz.Federation{
		Caller: c, Input: &sts.AssumeRoleInput{}, Kind: evaluator.Service, Provider: w.Service,
		Needs: func(tx persistence.Tx) ([]authz.Need, error) {
			role, err := findRole(tx, s.partition, arn)
			if err != nil && !errors.Is(err, persistence.ErrNotFound) {
				return nil, err
			}
			return w.needs(arn, role), nil
		},
	})
	if err != nil {
		return nil, err
	}
	var role *persistence.Role
	err = s.store.View(ctx, func(tx persistence.Tx) (err error) {
		role, err = findRole(tx, s.partition, arn)
		return err
	})
	if errors.Is(err, persistence.ErrNotFound) { // only where nothing is enforced
		return nil, authz.FederationDenied("AssumeRole")
	}
	if err != nil {
		return nil, err
	}
	now := s.now(c)
	t := &token{
		Kind: principal.AssumedRole, EntityID: role.ID, SessionName: w.Name, Operation: "AssumeRole",
		IssuedAt: now.Unix(), ExpiresAt: now.Add(w.Duration).Unix(), Tags: sessionTags(nil, w.tags()), Keys: map[string][]string{},
	}
	for name, value := range w.Keys {
		t.Keys[name] = []string{value}
	}
	return s.issue(principal.NewContext(ctx, c), &order{account: arn.AccountID, token: t})
}

// Input returns the input with which the service calls AssumeRole, for records.
func (w *ServiceSession) Input() *sts.AssumeRoleInput {
	return &sts.AssumeRoleInput{
		RoleArn: &w.RoleARN, RoleSessionName: &w.Name, DurationSeconds: aws.Int32(int32(w.Duration.Seconds())), Tags: w.tags(),
	}
}

// Output returns what AssumeRole answers the service, with the credentials, for records.
func (*ServiceSession) Output(c *types.Credentials) *sts.AssumeRoleOutput {
	return &sts.AssumeRoleOutput{Credentials: c}
}

func (w *ServiceSession) tags() []types.Tag {
	var list []types.Tag
	for _, key := range slices.Sorted(maps.Keys(w.Tags)) {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(w.Tags[key])})
	}
	return list
}

// needs returns the permission to assume the role, and the one to tag its session.
func (w *ServiceSession) needs(arn principal.ARN, role *persistence.Role) []authz.Need {
	need := authz.Need{
		Action: "sts:AssumeRole", Resource: arn.String(), Owner: arn.AccountID, Trust: true,
		Keys: append([]authz.Key{authz.String("sts:RoleSessionName", w.Name)}, authz.RequestTags(requestTags(w.tags()))...),
	}
	if w.SourceARN != "" {
		need.Keys = append(need.Keys, authz.String("aws:SourceArn", w.SourceARN), authz.String("aws:SourceAccount", w.SourceAccount))
	}
	if role != nil {
		need.Tags, need.TrustPolicy = role.Tags, role.TrustPolicy
	}
	needs := []authz.Need{need}
	if len(w.Tags) > 0 {
		need.Action = "sts:TagSession"
		needs = append(needs, need)
	}
	return needs
}
