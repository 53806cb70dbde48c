package sts

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Limits of role sessions.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	defaultRoleDuration  = 3600 // seconds
	minRoleDuration      = 900
	maxRoleDuration      = 43200
	maxChainedDuration   = 3600 // seconds
	maxSessionPolicySize = 2048 // characters of the inline session policy
	maxSessionPolicyARNs = 10   // managed session policies
)

// AssumeRole returns credentials of a role session.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
//
// The role's trust policy must admit the caller. The caller's own policies must allow the call too
// if the trust policy names only the account, and always across accounts. Session policies, tags
// and the source identity become part of the session, as do the transitive tags and the source
// identity of a calling session, and the context that IAM Identity Center provides.
func (s *Service) AssumeRole(ctx context.Context, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	c := caller(ctx)
	arn, err := checkAssumeRole(s.partition, c, in)
	if err != nil {
		return nil, err
	}
	var role *persistence.Role
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		if role, err = findRole(tx, s.partition, arn); err != nil {
			return err
		}
		return s.checkSessionPolicies(tx, arn.AccountID, in.PolicyArns)
	})
	if errors.Is(err, persistence.ErrNotFound) { // as a role that does not trust
		return nil, authz.NotAuthorized(c.ARN, "sts:AssumeRole", aws.ToString(in.RoleArn))
	}
	if err != nil {
		return nil, err
	}
	duration, err := roleDuration(c, in, role)
	if err != nil {
		return nil, err
	}
	provided, err := providedContexts(s.partition, in.ProvidedContexts)
	if err != nil {
		return nil, err
	}
	if err := s.proveContext(ctx, provided); err != nil {
		return nil, err
	}
	t := s.roleToken(c, in, role, duration)
	t.enhance(provided)
	return s.roleSession(ctx, role, t, in)
}

// roleToken is the new session.
func (s *Service) roleToken(c *principal.Caller, in *sts.AssumeRoleInput, role *persistence.Role, duration int64) *token {
	now := s.now(c).Unix()
	t := &token{
		Kind: principal.AssumedRole, EntityID: role.ID, SessionName: aws.ToString(in.RoleSessionName), Operation: "AssumeRole",
		IssuedAt: now, ExpiresAt: now + duration, Policy: aws.ToString(in.Policy), PolicyARNs: policyARNs(in.PolicyArns),
		Tags: sessionTags(inheritedTags(c.Session), in.Tags), TransitiveTagKeys: slices.Clone(in.TransitiveTagKeys),
		SourceIdentity: sourceIdentity(c, in),
	}
	for _, tag := range inheritedTags(c.Session) {
		t.TransitiveTagKeys = append(t.TransitiveTagKeys, tag.Key)
	}
	if c.Session != nil && c.Session.FederatedProvider != "" { // what a provider said about the caller is kept
		t.FederatedProvider, t.Keys = c.Session.FederatedProvider, c.Session.Keys
	}
	return t
}

// roleSession issues the session's credentials and makes the answer.
func (s *Service) roleSession(ctx context.Context, role *persistence.Role, t *token,
	in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	arn, _ := s.partition.ParseIAM(aws.ToString(in.RoleArn)) // checked before
	credentials, err := s.issue(ctx, &order{
		account: arn.AccountID, token: t, minimumSize: in.MinimumSessionTokenSize, code: code{in.SerialNumber, in.TokenCode},
	})
	if err != nil {
		return nil, err
	}
	p := s.own(arn.AccountID).AssumedRole(role.ID, role.Name, t.SessionName)
	out := &sts.AssumeRoleOutput{
		Credentials:     credentials,
		AssumedRoleUser: &types.AssumedRoleUser{Arn: aws.String(p.ARN), AssumedRoleId: aws.String(p.UserID)},
	}
	out.SessionTokenSize, out.SessionTokenUtilization = tokenSize(credentials)
	out.PackedPolicySize = out.SessionTokenUtilization
	if t.SourceIdentity != "" {
		out.SourceIdentity = aws.String(t.SourceIdentity)
	}
	return out, nil
}

// checkAssumeRole makes the checks that need no state. AWS answers them before
// it decides whether the caller may assume the role.
func checkAssumeRole(p principal.Partition, c *principal.Caller, in *sts.AssumeRoleInput) (principal.ARN, error) {
	arn, ok := anyRoleARN(aws.ToString(in.RoleArn))
	if !ok {
		return arn, invalidRoleARN(aws.ToString(in.RoleArn))
	}
	if err := checkTags(in.Tags, in.TransitiveTagKeys, inheritedTags(c.Session)); err != nil {
		return arn, err
	}
	if err := checkSourceIdentity(c, in); err != nil {
		return arn, err
	}
	if _, err := providedContexts(p, in.ProvidedContexts); err != nil {
		return arn, err
	}
	return arn, checkSessionPolicy(p, in.Policy)
}

// checkSourceIdentity checks that a source identity is set only once: a chain of roles keeps it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
func checkSourceIdentity(c *principal.Caller, in *sts.AssumeRoleInput) error {
	if in.SourceIdentity == nil {
		return nil
	}
	if strings.HasPrefix(*in.SourceIdentity, "aws:") {
		return reservedSourceIdentity()
	}
	if c.Session != nil && c.Session.SourceIdentity != "" && c.Session.SourceIdentity != *in.SourceIdentity {
		return sourceIdentityIsSet()
	}
	return nil
}

// sourceIdentity returns the source identity of the request or, without one, that of the calling session.
func sourceIdentity(c *principal.Caller, in *sts.AssumeRoleInput) string {
	if in.SourceIdentity == nil && c.Session != nil {
		return c.Session.SourceIdentity
	}
	return aws.ToString(in.SourceIdentity)
}

// checkSessionPolicy checks an inline session policy. Its limit counts every
// character, and AWS echoes the whole policy in the refusal (recorded).
func checkSessionPolicy(p principal.Partition, policy *string) error {
	if policy == nil {
		return nil
	}
	if utf8.RuneCountInString(*policy) > maxSessionPolicySize {
		return policyTooLong(*policy, maxSessionPolicySize)
	}
	err := evaluator.Validation{Partition: p.String()}.Validate(*policy, evaluator.Session)
	var malformed *evaluator.MalformedError
	if errors.As(err, &malformed) {
		return authz.MalformedDocument(malformedPolicy(malformed.Message), malformed)
	}
	return err
}

// checkSessionPolicies checks the managed session policies: they are AWS's or those of the role's
// account. Their documents do not count toward any size: a session refers to them and reads them
// anew with each request (recorded).
func (s *Service) checkSessionPolicies(tx persistence.Tx, account string, list []types.PolicyDescriptorType) error {
	if len(list) > maxSessionPolicyARNs {
		return tooManyPolicyARNs(maxSessionPolicyARNs)
	}
	for _, arn := range policyARNs(list) {
		_, err := s.authz.Document(tx, account, arn)
		if errors.Is(err, persistence.ErrNotFound) {
			return noSuchSessionPolicy(arn)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func policyARNs(list []types.PolicyDescriptorType) []string {
	var arns []string
	for _, p := range list {
		if arn := aws.ToString(p.Arn); arn != "" && !slices.Contains(arns, arn) {
			arns = append(arns, arn)
		}
	}
	return arns
}

// roleDuration is how long the session lasts, in seconds. The checks come after
// the authorization (recorded) and in this order (recorded).
func roleDuration(c *principal.Caller, in *sts.AssumeRoleInput, role *persistence.Role) (int64, error) {
	duration := int64(defaultRoleDuration)
	if in.DurationSeconds != nil {
		duration = int64(*in.DurationSeconds)
	}
	if duration > int64(role.MaxSessionDuration) {
		return 0, overMaxSessionDuration()
	}
	if c.Session != nil && duration > maxChainedDuration { // of GetSessionToken too, root's included (reported)
		return 0, overChainedDuration()
	}
	return duration, nil
}

// anyRoleARN reads the ARN of a role, which may be of another partition. AWS answers such an ARN as
// it answers the ARN of a role that does not exist (seen in aws-us-gov and aws-cn in 2024, in
// aws-eusc in 2026: AccessDenied that shows the ARN as it was passed).
func anyRoleARN(text string) (principal.ARN, bool) {
	arn, _ := principal.ParseARN(text)
	if !principal.IsPartition(arn.Partition) {
		return arn, false
	}
	return principal.Partition(arn.Partition).ParseIAM(text)
}

// findRole finds the role by its ARN, which must match exactly, partition and path included;
// persistence.ErrNotFound if there is none.
func findRole(tx persistence.Tx, p principal.Partition, arn principal.ARN) (*persistence.Role, error) {
	kind, _, name := arn.Entity()
	if kind != "role" {
		return nil, persistence.ErrNotFound
	}
	r, err := persistence.Roles.Get(tx, arn.AccountID, name)
	if err != nil {
		return nil, err
	}
	if !p.IsIAM(arn) || arn.Resource != "role"+r.Path+r.Name {
		return nil, persistence.ErrNotFound
	}
	return r, nil
}

// assumeRoleRule asks for the permission to assume the role; to tag its session, if it gets tags,
// inherited ones included (reported of EKS Pod Identity's sessions); to set the source identity, if
// it gets one; and to set the context, if one is provided.
func assumeRoleRule() authz.Rule {
	return authz.For(func(q *authz.Query, in *sts.AssumeRoleInput) ([]authz.Need, error) {
		arn, err := checkAssumeRole(q.Partition, q.Caller, in)
		if err != nil {
			return nil, err
		}
		if err := (code{in.SerialNumber, in.TokenCode}).check(q); err != nil {
			return nil, err
		}
		role, err := findRole(q.Tx, q.Partition, arn)
		if errors.Is(err, persistence.ErrNotFound) {
			role, err = &persistence.Role{}, nil // nobody may assume it
		}
		if err != nil {
			return nil, err
		}
		inherited := inheritedTags(q.Caller.Session)
		need := authz.Need{
			Action: "sts:AssumeRole", Resource: arn.String(), Owner: arn.AccountID,
			Tags: roleTags(role.Tags, inherited), Keys: assumeRoleKeys(q, in), Trust: true, TrustPolicy: role.TrustPolicy,
		}
		needs := []authz.Need{need}
		if len(in.Tags) > 0 || len(inherited) > 0 {
			need.Action = "sts:TagSession"
			needs = append(needs, need)
		}
		if sourceIdentity(q.Caller, in) != "" {
			need.Action = "sts:SetSourceIdentity"
			needs = append(needs, need)
		}
		if len(in.ProvidedContexts) > 0 {
			need.Action = "sts:SetContext"
			needs = append(needs, need)
		}
		return needs, nil
	})
}

// assumeRoleKeys are the condition keys of AssumeRole.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-sts
func assumeRoleKeys(q *authz.Query, in *sts.AssumeRoleInput) []authz.Key {
	keys := []authz.Key{authz.String("sts:RoleSessionName", aws.ToString(in.RoleSessionName))}
	if in.ExternalId != nil {
		keys = append(keys, authz.String("sts:ExternalId", *in.ExternalId))
	}
	if id := sourceIdentity(q.Caller, in); id != "" {
		keys = append(keys, authz.String("sts:SourceIdentity", id))
	}
	if len(in.TransitiveTagKeys) > 0 {
		keys = append(keys, authz.Strings("sts:TransitiveTagKeys", in.TransitiveTagKeys...))
	}
	if p, err := providedContexts(q.Partition, in.ProvidedContexts); err == nil { // checked before
		keys = append(keys, p.requestKeys()...)
	}
	keys = append(keys, code{in.SerialNumber, in.TokenCode}.keys()...)
	return append(keys, authz.RequestTags(requestTags(in.Tags))...)
}
