package server

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// FindPrincipal finds who is meant by what was written.
func (b backend) FindPrincipal(ctx context.Context, written string) (*management.Identity, error) {
	found, err := b.s.find(ctx, written)
	if errors.Is(err, errBadQuestion) {
		return nil, management.NotFound("%v", badQuestion(err))
	}
	if err != nil {
		return nil, err
	}
	return found.identity(b.s.options.Partition), nil
}

// meant is the principal or group that was meant.
type meant struct {
	holder    *authz.Holder       // nil: a root user, or its session
	principal principal.Principal // nobody: a group
	bySession bool                // a session was written, not its user or role
}

func (f *meant) identity(p principal.Partition) *management.Identity {
	i := &management.Identity{Type: "root", Account: f.principal.AccountID, ARN: p.In(f.principal.AccountID).Root()}
	if f.holder != nil {
		i.Type, i.Account, i.ARN, i.Name = f.holder.Kind, f.holder.Account, f.holder.ARN(p), f.holder.Name
	}
	if f.bySession {
		i.Session = f.principal.ARN
	}
	return i
}

// principalOf is who was meant and can make calls.
func (s *Server) principalOf(ctx context.Context, written string) (principal.Principal, error) {
	f, err := s.find(ctx, written)
	if err == nil && f.principal.Kind == principal.Nobody {
		err = fmt.Errorf("%w: %s is a group, and groups make no calls; ask about a user who is in it", errBadQuestion,
			f.holder.ARN(s.options.Partition))
	}
	if err != nil {
		return principal.Principal{}, err
	}
	return f.principal, nil
}

// find finds who was meant: by an ARN or a name, or else by an access key ID.
func (s *Server) find(ctx context.Context, written string) (f *meant, err error) {
	err = s.options.Store.View(ctx, func(tx persistence.Tx) error {
		f, err = s.findNamed(tx, written)
		return err
	})
	switch {
	case errors.Is(err, authz.ErrAmbiguous):
		return nil, fmt.Errorf("%w: %q is unclear: %w; write user/%s or role/%s", errBadQuestion, written, err, written, written)
	case !errors.Is(err, persistence.ErrNotFound):
		return f, err
	}
	if f, err = s.findByKey(ctx, written); errors.Is(err, persistence.ErrNotFound) {
		err = s.noPrincipal(ctx, written)
	}
	return f, err
}

func (s *Server) noPrincipal(ctx context.Context, written string) error {
	if where, here := s.options.Partition.Elsewhere(written); where != "" {
		return fmt.Errorf("%w: there is no principal %q: %s; give %s", errBadQuestion, written, where, here)
	}
	m := s.misspelled(written)
	near, err := m.near(ctx, s.options.Store)
	if err != nil {
		return err
	}
	if near != "" {
		return fmt.Errorf("%w: there is no principal %q in account %s; did you mean %s?", errBadQuestion, written, m.account.ID, near)
	}
	if strings.HasPrefix(written, "arn:") {
		return fmt.Errorf("%w: there is no principal %q; aws iam list-users and list-roles show those of an account",
			errBadQuestion, written)
	}
	return fmt.Errorf("%w: there is no principal %q in account %s; give the name of a user or role, role/NAME, an access key ID, or an ARN for another account",
		errBadQuestion, written, s.options.Account)
}

func (s *Server) findNamed(tx persistence.Tx, written string) (*meant, error) {
	arn, err := s.authorizer.Named(tx, s.options.Account, written)
	if err != nil {
		return nil, err
	}
	parts, _ := principal.ParseARN(arn)
	if kind, _, name := parts.Entity(); parts.Service == "iam" && kind == "group" {
		h, err := authz.FindHolder(tx, parts.AccountID, kind, name)
		if err != nil || h.ARN(s.options.Partition) != arn {
			return nil, persistence.ErrNotFound
		}
		return &meant{holder: &h}, nil
	}
	f := &meant{bySession: parts.Service == "sts"}
	if f.principal, err = s.authorizer.Caller(tx, arn); err != nil {
		return nil, err
	}
	f.holder, err = authz.HolderOf(tx, &principal.Caller{Principal: f.principal})
	return f, err
}

// findByKey finds the owner of an access key. The owner of one of temporary
// credentials, which are not stored, is known from the calls that are recorded.
func (s *Server) findByKey(ctx context.Context, id string) (*meant, error) {
	if strings.HasPrefix(id, principal.TemporaryKeyPrefix) {
		return s.findSession(ctx, id)
	}
	c, err := s.credentials.Lookup(ctx, id, "", "")
	var refused interface{ ErrorCode() string }
	if errors.As(err, &refused) {
		return nil, s.inactive(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	return s.withHolder(ctx, c.Principal, id)
}

// inactive is the reason why a user's access key cannot be used;
// persistence.ErrNotFound if the key belongs to no user.
func (s *Server) inactive(ctx context.Context, id string) error {
	account, ok := principal.AccountOfAccessKey(id)
	if !ok {
		return persistence.ErrNotFound
	}
	return s.options.Store.View(ctx, func(tx persistence.Tx) error {
		key, err := persistence.AccessKeys.Get(tx, account, id)
		if err != nil {
			return err
		}
		u, err := persistence.UsersByID.First(tx, account, key.UserID)
		if err != nil {
			return err
		}
		return fmt.Errorf("%w: the access key %s of %s is inactive, so its calls are refused; ask about the user", errBadQuestion, id,
			s.in(account).Entity("user", u.Path, u.Name))
	})
}

func (s *Server) findSession(ctx context.Context, id string) (*meant, error) {
	p := s.lastOf(id)
	switch {
	case p == nil:
		return nil, fmt.Errorf("%w: no call by the access key %s is recorded, and temporary credentials are not stored; write role/NAME, or give the credentials", errBadQuestion, id)
	case p.Session != nil && !s.clock.Now().Before(p.Session.ExpiresAt):
		return nil, fmt.Errorf("%w: the credentials of the access key %s have expired; write role/NAME to ask about a new session",
			errBadQuestion, id)
	}
	f, err := s.withHolder(ctx, *p, id)
	if err == nil {
		f.bySession = true
	}
	return f, err
}

// lastOf is who made the last recorded call with an access key; nil if nobody did. A
// question about a session is not a call of it.
func (s *Server) lastOf(id string) *principal.Principal {
	if s.events == nil {
		return nil
	}
	for _, e := range s.events.List(0) {
		if p := &e.Caller.Principal; e.Origin != events.Asked && p.AccessKeyID == id && p.Kind != principal.Nobody {
			return p
		}
	}
	return nil
}

// withHolder finds the user or role of a principal.
func (s *Server) withHolder(ctx context.Context, p principal.Principal, id string) (*meant, error) {
	f := &meant{principal: p}
	f.principal.AccessKeyID = id
	err := s.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
		f.holder, err = authz.HolderOf(tx, &principal.Caller{Principal: p})
		return err
	})
	var gone interface{ ErrorCode() string }
	if errors.As(err, &gone) { // the user or role is deleted
		err = persistence.ErrNotFound
	}
	return f, err
}
