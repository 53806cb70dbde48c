package sts

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// vouched is what an identity provider says about the caller, once it is verified.
type vouched struct {
	kind      evaluator.PrincipalKind
	operation string
	provider  string // as trust policies name it
	account   string // of the provider; empty if the provider belongs to no account

	// still returns nil if the provider, as tx shows it, still vouches for the caller, or the error
	// to answer. It sets origin from that provider.
	still func(tx persistence.Tx) error

	keys    []authz.Key         // condition keys of the provider
	lasting map[string][]string // the keys that stay in the session
	origin  map[string][]string // keys of its context provider, which stay too
	session *token              // made of all this; nil until then

	sessionName    string
	tags           []types.Tag
	transitive     []string
	sourceIdentity string
}

// wanted is what a federated call asks for.
type wanted struct {
	input       any // a pointer to the SDK's input type
	role        principal.ARN
	policy      *string
	policies    []types.PolicyDescriptorType
	seconds     *int32
	minimumSize *int32

	// atMost and until are limits that the provider sets: seconds, and a time in
	// seconds since 1970; 0 for none.
	atMost, until int64
}

// federated is a session that was made.
type federated struct {
	credentials *types.Credentials
	user        *types.AssumedRoleUser
	size        *int32
	utilization *int32 // PackedPolicySize is the same
	source      *string
}

// federate decides whether the caller that a provider vouches for may assume the role, and makes
// the session. A role that does not exist is answered like a role that does not trust the caller.
func (s *Service) federate(ctx context.Context, v *vouched, w *wanted) (*federated, error) {
	if err := checkTagLimits(v.tags); err != nil {
		return nil, err
	}
	if err := checkTags(v.tags, v.transitive, nil); err != nil {
		return nil, err
	}
	if err := checkSessionPolicy(s.partition, w.policy); err != nil {
		return nil, err
	}
	ctx, err := s.authz.Federate(ctx, &authz.Federation{
		Caller: caller(ctx), Input: w.input, Kind: v.kind, Provider: v.provider, Account: v.account,
		Needs: func(tx persistence.Tx) ([]authz.Need, error) { return s.needsIn(tx, v, w) },
	})
	if err != nil {
		return nil, err
	}
	var role *persistence.Role
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		if role, err = findRole(tx, s.partition, w.role); err != nil {
			return err
		}
		return s.checkSessionPolicies(tx, w.role.AccountID, w.policies)
	})
	if errors.Is(err, persistence.ErrNotFound) { // only where nothing is enforced
		return nil, authz.FederationDenied(v.operation)
	}
	if err != nil {
		return nil, err
	}
	return s.federatedSession(ctx, v, w, role)
}

// needsIn returns the needs in the state that tx shows, in which the provider must still vouch for
// the caller.
func (s *Service) needsIn(tx persistence.Tx, v *vouched, w *wanted) ([]authz.Need, error) {
	if err := v.still(tx); err != nil {
		return nil, err
	}
	if v.session != nil { // decided once more, so that the session has the keys that were decided on
		v.session.Keys = v.sessionKeys()
	}
	role, err := findRole(tx, s.partition, w.role)
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return nil, err
	}
	return v.needs(w, role), nil
}

// needs returns the permission to assume the role, and those to tag its session and to set the
// source identity, if the provider does that.
func (v *vouched) needs(w *wanted, role *persistence.Role) []authz.Need {
	need := authz.Need{Action: "sts:" + v.operation, Resource: w.role.String(), Owner: w.role.AccountID, Keys: v.needKeys(), Trust: true}
	if role != nil {
		need.Tags, need.TrustPolicy = role.Tags, role.TrustPolicy
	}
	needs := []authz.Need{need}
	if len(v.tags) > 0 {
		need.Action = "sts:TagSession"
		needs = append(needs, need)
	}
	if v.sourceIdentity != "" {
		need.Action = "sts:SetSourceIdentity"
		needs = append(needs, need)
	}
	return needs
}

func (v *vouched) needKeys() []authz.Key {
	keys := slices.Concat(v.keys, keysOf(v.origin), []authz.Key{authz.String("sts:RoleSessionName", v.sessionName)})
	if v.sourceIdentity != "" {
		keys = append(keys, authz.String("sts:SourceIdentity", v.sourceIdentity))
	}
	if len(v.transitive) > 0 {
		keys = append(keys, authz.Strings("sts:TransitiveTagKeys", v.transitive...))
	}
	return append(keys, authz.RequestTags(requestTags(v.tags))...)
}

// sessionKeys are the condition keys that the session keeps.
func (v *vouched) sessionKeys() map[string][]string {
	if len(v.origin) == 0 {
		return v.lasting
	}
	all := maps.Clone(v.origin)
	maps.Copy(all, v.lasting)
	return all
}

func (s *Service) federatedSession(ctx context.Context, v *vouched, w *wanted, role *persistence.Role) (*federated, error) {
	now := s.now(caller(ctx)).Unix()
	duration, err := federatedDuration(w, role, now)
	if err != nil {
		return nil, err
	}
	t := &token{
		Kind: principal.AssumedRole, EntityID: role.ID, SessionName: v.sessionName, Operation: v.operation,
		IssuedAt: now, ExpiresAt: now + duration, Policy: aws.ToString(w.policy), PolicyARNs: policyARNs(w.policies),
		Tags: sessionTags(nil, v.tags), TransitiveTagKeys: v.transitive, SourceIdentity: v.sourceIdentity,
		FederatedProvider: v.provider, Keys: v.sessionKeys(),
	}
	v.session = t
	credentials, err := s.issue(ctx, &order{account: w.role.AccountID, token: t, minimumSize: w.minimumSize})
	if err != nil {
		return nil, err
	}
	p := s.own(w.role.AccountID).AssumedRole(role.ID, role.Name, t.SessionName)
	out := &federated{
		credentials: credentials,
		user:        &types.AssumedRoleUser{Arn: aws.String(p.ARN), AssumedRoleId: aws.String(p.UserID)},
	}
	out.size, out.utilization = tokenSize(credentials)
	if t.SourceIdentity != "" {
		out.source = aws.String(t.SourceIdentity)
	}
	return out, nil
}

// federatedDuration is how long the session lasts, in seconds. What the provider
// says shortens it; only the request makes it longer than an hour (recorded).
func federatedDuration(w *wanted, role *persistence.Role, now int64) (int64, error) {
	duration := int64(defaultRoleDuration)
	if w.seconds != nil {
		duration = int64(*w.seconds)
	}
	if duration > int64(role.MaxSessionDuration) {
		return 0, overMaxSessionDuration()
	}
	if w.atMost > 0 {
		duration = min(duration, w.atMost)
	}
	if w.until > 0 {
		duration = min(duration, w.until-now)
	}
	return duration, nil
}

// parseRoleARN reads the role that a federated call asks for.
func (s *Service) parseRoleARN(text *string) (principal.ARN, error) {
	arn, ok := s.partition.ParseIAM(aws.ToString(text))
	if !ok {
		return arn, invalidRequestARN()
	}
	return arn, nil
}

// validSourceIdentity reports whether a provider may set the source identity.
func validSourceIdentity(id string) bool {
	return validName(id) && !strings.HasPrefix(id, "aws:")
}

// What validName and validSourceIdentity accept, in words.
const (
	nameForm           = "2 to 64 letters, digits and characters of _+=,.@-"
	sourceIdentityForm = nameForm + ", and not aws: before them"
)

// validName reports whether a string can name a session: [a-zA-Z_0-9+=,.@-]{2,64}.
func validName(s string) bool {
	if len(s) < 2 || len(s) > 64 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_+=,.@-", r))
	}) < 0
}
