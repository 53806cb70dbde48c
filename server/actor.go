package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/sts"
)

// Session says what the credentials of Act are to have.
type Session = sts.Session

// Actor is somebody with credentials.
type Actor struct {
	ARN string // of the user or root, or of the role's session

	AccessKeyID, SecretAccessKey, SessionToken string

	Expiration time.Time // of a session
}

// Act returns credentials with which to call as somebody, without asking anybody:
// it is a back door for tests, for whoever has the Server in their process. name is
// the ARN of a user, a role, a role session or a root user, or the name of a user
// or role of the default account.
//
// A user gets a long-term access key that no list shows and no quota counts, the
// same each time, or a session if that is to have something. A role gets a session
// for which its trust policy is not asked. Calls with the credentials are decided
// like those with credentials of the front door.
func (s *Server) Act(ctx context.Context, name string, want Session) (*Actor, error) {
	p, err := s.named(ctx, name)
	if err != nil {
		return nil, err
	}
	switch p.Kind {
	case principal.Root:
		return s.rootActor(&p, want)
	case principal.AssumedRole:
		return s.roleActor(ctx, &p, name, want)
	}
	if want.Plain() {
		id, secret, err := s.credentials.HandOut(&p)
		return &Actor{ARN: p.ARN, AccessKeyID: id, SecretAccessKey: secret}, err
	}
	c, err := s.sts.UserSession(ctx, &p, want)
	if err != nil {
		return nil, err
	}
	return &Actor{p.ARN, *c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken, *c.Expiration}, nil
}

func (s *Server) roleActor(ctx context.Context, p *principal.Principal, name string, want Session) (*Actor, error) {
	own := s.in(p.AccountID)
	if strings.HasPrefix(name, own.STS("")) { // which names the session
		if want.Name != "" && want.Name != p.SessionName {
			return nil, fmt.Errorf("%s has another session name than %s; give one of them", name, want.Name)
		}
		want.Name = p.SessionName
	}
	if want.Name == "" {
		want.Name = sts.DefaultSessionName
	}
	var role *persistence.Role
	err := s.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
		role, err = persistence.Roles.Get(tx, p.AccountID, p.Name)
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := s.sts.RoleSession(ctx, own.Entity("role", role.Path, role.Name), want)
	if err != nil {
		return nil, err
	}
	arn := own.RoleSession(role.Name, want.Name)
	return &Actor{arn, *c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken, *c.Expiration}, nil
}

// rootActor is the root user of an account with its bootstrap key.
func (s *Server) rootActor(p *principal.Principal, want Session) (*Actor, error) {
	switch {
	case !want.Plain():
		return nil, errors.New("root has its key and no sessions here; take a user or a role")
	case p.AccountID == s.options.Account:
		return &Actor{ARN: p.ARN, AccessKeyID: s.options.RootAccessKeyID, SecretAccessKey: s.options.RootSecretAccessKey}, nil
	case !s.options.NoAccountKeys:
		return &Actor{ARN: p.ARN, AccessKeyID: p.AccountID, SecretAccessKey: s.options.RootSecretAccessKey}, nil
	}
	return nil, fmt.Errorf("the root user of %s has no key, since account keys are off", p.AccountID)
}

// named finds a principal by ARN or by name.
func (s *Server) named(ctx context.Context, name string) (p principal.Principal, err error) {
	err = s.options.Store.View(ctx, func(tx persistence.Tx) error {
		arn, err := s.authorizer.Named(tx, s.options.Account, name)
		if err == nil {
			p, err = s.authorizer.Caller(tx, arn)
		}
		return err
	})
	switch {
	case errors.Is(err, authz.ErrAmbiguous):
		err = fmt.Errorf("a user and a role are called %s; give the ARN of the one that is meant", name)
	case errors.Is(err, persistence.ErrNotFound) && strings.HasPrefix(name, "arn:"):
		err = fmt.Errorf("there is no user, role or root user with the ARN %s", name)
	case errors.Is(err, persistence.ErrNotFound):
		err = fmt.Errorf("there is no user and no role %q in account %s; make one first, by a call or a seed, or give the ARN of one in another account", name, s.options.Account)
	}
	return p, err
}
