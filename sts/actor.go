package sts

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// This file is a back door for tests: it issues credentials of anybody without asking for
// permission. Calls with them are decided like any others.

// Session says what a session should have. The zero value is a plain session.
type Session struct {
	Name           string            // of a role's session; "" is DefaultSessionName
	Policy         string            // inline session policy
	PolicyARNs     []string          // managed session policies
	Tags           map[string]string // session tags
	TransitiveTags []string          // keys of Tags that later sessions inherit
	SourceIdentity string
	MFA            bool          // of a user: as if GetSessionToken had been given a code
	Duration       time.Duration // 0: AWS's default; it may be shorter than AWS's minimum
}

// Plain reports whether the session has no settings of its own.
func (w *Session) Plain() bool { return reflect.ValueOf(*w).IsZero() }

// DefaultSessionName is the name of a role's session for which no name was given.
const DefaultSessionName = "test"

// errBadSession is wrapped by errors about sessions that cannot exist at AWS.
var errBadSession = errors.New("there is no such session")

// sessionName matches the strings that can be a session name or a source identity.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
var sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

// RoleSession issues credentials of a session of the role, as AssumeRole does,
// without asking who may assume it: the role's trust policy is not consulted. The
// session obeys the same limits.
func (s *Service) RoleSession(ctx context.Context, roleARN string, want Session) (*types.Credentials, error) {
	if want.Name == "" {
		want.Name = DefaultSessionName
	}
	switch {
	case want.MFA:
		return nil, fmt.Errorf("%w: a session of a role has no MFA; conditions on MFA are for users, and for the call of AssumeRole",
			errBadSession)
	case !sessionName.MatchString(want.Name):
		return nil, fmt.Errorf("%w: the session name %q does not fit %s", errBadSession, want.Name, sessionName)
	case want.SourceIdentity != "" && !sessionName.MatchString(want.SourceIdentity):
		return nil, fmt.Errorf("%w: the source identity %q does not fit %s", errBadSession, want.SourceIdentity, sessionName)
	}
	arn, _ := principal.ParseARN(roleARN)
	door := &principal.Caller{Principal: principal.Principal{Kind: principal.Root, AccountID: arn.AccountID}}
	out, err := s.AssumeRole(principal.NewContext(ctx, door), want.input(roleARN))
	if err != nil {
		return nil, err
	}
	return out.Credentials, nil
}

// input is the call of AssumeRole that would issue the session.
func (w *Session) input(roleARN string) *sts.AssumeRoleInput {
	in := &sts.AssumeRoleInput{RoleArn: &roleARN, RoleSessionName: &w.Name, TransitiveTagKeys: w.TransitiveTags}
	if w.Policy != "" {
		in.Policy = &w.Policy
	}
	if w.SourceIdentity != "" {
		in.SourceIdentity = &w.SourceIdentity
	}
	if w.Duration != 0 {
		in.DurationSeconds = aws.Int32(int32(w.Duration / time.Second))
	}
	for _, arn := range w.PolicyARNs {
		in.PolicyArns = append(in.PolicyArns, types.PolicyDescriptorType{Arn: &arn})
	}
	for key, value := range w.Tags {
		in.Tags = append(in.Tags, types.Tag{Key: &key, Value: &value})
	}
	return in
}

// UserSession issues credentials of the user as GetSessionToken does, with MFA if
// the session is to have it.
func (s *Service) UserSession(ctx context.Context, user *principal.Principal, want Session) (*types.Credentials, error) {
	if want.Name != "" || want.Policy != "" || want.PolicyARNs != nil || want.Tags != nil || want.TransitiveTags != nil ||
		want.SourceIdentity != "" {
		return nil, fmt.Errorf("%w: a user's session has no session name, policies, tags or source identity; "+
			"a role's session can have them", errBadSession)
	}
	c := &principal.Caller{Principal: *user}
	in := &sts.GetSessionTokenInput{}
	if want.Duration != 0 {
		in.DurationSeconds = aws.Int32(int32(want.Duration / time.Second))
	}
	now, duration := s.now(c).Unix(), tokenDuration(c, in.DurationSeconds)
	t := &token{Kind: principal.User, EntityID: user.EntityID, Operation: "GetSessionToken", IssuedAt: now, ExpiresAt: now + duration}
	if want.MFA {
		t.MFAAt = now
	}
	return s.issue(principal.NewContext(ctx, c), &order{account: user.AccountID, token: t})
}

// handedOut are long-term access keys that were handed out through the back door. They are kept
// outside the table of access keys, so that no list shows them and no quota counts them. They are
// valid until the process ends or the user is deleted.
type handedOut struct {
	mu     sync.RWMutex
	byID   map[string]*persistence.AccessKey
	byUser map[string]*persistence.AccessKey
}

// HandOut returns a long-term access key of the user, the same one each time.
func (c *Credentials) HandOut(user *principal.Principal) (id, secret string, err error) {
	h := c.handedOut
	h.mu.Lock()
	defer h.mu.Unlock()
	if k := h.byUser[user.EntityID]; k != nil {
		return k.ID, k.Secret, nil
	}
	if id, err = principal.NewAccessKeyID(c.options.Random, principal.LongTermKeyPrefix, user.AccountID); err != nil {
		return "", "", err
	}
	if secret, err = principal.NewSecret(c.options.Random); err != nil {
		return "", "", err
	}
	k := &persistence.AccessKey{ID: id, UserID: user.EntityID, Secret: secret}
	h.byID[id], h.byUser[user.EntityID] = k, k
	return id, secret, nil
}

// key returns a key that was handed out; the error is persistence.ErrNotFound if there is none.
func (h *handedOut) key(id string) (*persistence.AccessKey, error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if k := h.byID[id]; k != nil {
		return k, nil
	}
	return nil, persistence.ErrNotFound
}
