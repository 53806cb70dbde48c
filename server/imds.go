package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/imds"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/sts"
)

// IMDS is the endpoint at which default credential chains find the credentials
// of a role, as Options.IMDS says; see package imds. It takes a listener of its
// own, which is the caller's.
func (s *Server) IMDS() http.Handler { return s.imds }

func (s *Server) newIMDS() http.Handler {
	o := s.options.IMDS
	o.Roles, o.Account, o.Partition, o.Now = roles{s}, s.options.Account, s.options.Partition, s.clock.Now
	return imds.NewHandler(o)
}

// roles shows the roles of the state to package imds.
type roles struct{ *Server }

// Profile finds an instance profile, or a role with a profile that is made up
// for it: the one that IAM's console would have made with it.
func (r roles) Profile(ctx context.Context, name string) (*imds.Profile, error) {
	account, kind, name, err := r.named(name)
	if err != nil {
		return nil, err
	}
	var found *imds.Profile
	err = r.options.Store.View(ctx, func(tx persistence.Tx) error {
		if kind == "role" {
			return persistence.ErrNotFound
		}
		p, err := persistence.InstanceProfiles.Get(tx, account, name)
		if err != nil {
			return err
		}
		found = &imds.Profile{ARN: r.in(account).Entity("instance-profile", p.Path, p.Name), ID: p.ID}
		if p.RoleID == "" {
			return nil
		}
		role, err := persistence.RolesByID.First(tx, account, p.RoleID)
		if err == nil {
			found.Role = shownRole(r.in(account), role)
		}
		return err
	})
	switch {
	case err == nil:
		return found, nil
	case !errors.Is(err, persistence.ErrNotFound):
		return nil, err
	case kind == "instance-profile":
		return nil, imds.ErrNoProfile
	}
	role, err := r.find(ctx, account, name)
	if err != nil {
		return nil, err
	}
	return &imds.Profile{
		ARN: r.in(account).IAM("instance-profile/" + role.Name),
		ID:  principal.ProfileIDPrefix + strings.TrimPrefix(role.ID, principal.RoleIDPrefix), Role: role,
	}, nil
}

// Role finds a role.
func (r roles) Role(ctx context.Context, name string) (*imds.Role, error) {
	account, kind, name, err := r.named(name)
	if err != nil {
		return nil, err
	}
	if kind == "instance-profile" {
		return nil, imds.ErrNoProfile
	}
	return r.find(ctx, account, name)
}

func (r roles) find(ctx context.Context, account, name string) (found *imds.Role, err error) {
	err = r.options.Store.View(ctx, func(tx persistence.Tx) error {
		role, err := persistence.Roles.Get(tx, account, name)
		if err == nil {
			found = shownRole(r.in(account), role)
		}
		return err
	})
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, imds.ErrNoProfile
	}
	return found, err
}

func shownRole(account principal.Account, r *persistence.Role) *imds.Role {
	return &imds.Role{Name: r.Name, ARN: account.Entity("role", r.Path, r.Name), ID: r.ID}
}

// named splits an ARN into the account, the kind of what it names, and the name
// without the path. A name that is not an ARN is one of the server's own account, and
// an ARN that is not one of IAM in the server's partition names nothing.
func (r roles) named(name string) (account, kind, rest string, err error) {
	arn, ok := principal.ParseARN(name)
	switch {
	case !ok:
		return r.options.Account, "", name, nil
	case !r.options.Partition.IsIAM(arn):
		return "", "", "", imds.ErrNoProfile
	}
	kind, rest, _ = strings.Cut(arn.Resource, "/")
	return arn.AccountID, kind, principal.Name(rest), nil
}

// Session starts a session. EC2 has two names in China; a role may trust either.
func (r roles) Session(ctx context.Context, w *imds.Session) (*imds.Credentials, error) {
	if china := r.options.Partition.EC2(); w.Service == imds.EC2 && china != imds.EC2 {
		if c, err := r.session(ctx, w, china); !errors.Is(err, imds.ErrUntrusted) {
			return c, err
		}
	}
	return r.session(ctx, w, w.Service)
}

func (r roles) session(ctx context.Context, w *imds.Session, service string) (*imds.Credentials, error) {
	begun := time.Now()
	caller := &principal.Caller{Request: principal.Request{
		ID: r.newID(), Time: r.clock.Now(), Service: "sts", Operation: "AssumeRole", Region: r.options.IMDS.Region,
		SecureTransport: !r.options.PlainTransport,
	}}
	wanted := &sts.ServiceSession{
		Caller: caller, Service: service, RoleARN: w.Role.ARN, Name: w.Name, Duration: w.Duration,
		SourceARN: w.SourceARN, SourceAccount: r.options.Account, Keys: w.Keys, Tags: w.Tags,
	}
	c, err := r.sts.StartServiceSession(ctx, wanted)
	e := ended(events.FromService, caller, begun, err)
	if err == nil { // a denial shows no parameters
		e.Input, e.Output, e.Answered = wanted.Input(), wanted.Output(c), len(*c.SessionToken)
	}
	r.record(e)
	var known interface{ ErrorCode() string }
	if errors.As(err, &known) && known.ErrorCode() == "AccessDenied" {
		return nil, imds.ErrUntrusted
	}
	if err != nil {
		return nil, err
	}
	return &imds.Credentials{
		AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, Token: *c.SessionToken, Expiration: *c.Expiration,
	}, nil
}

// CheckIMDS reports that the role of Options.IMDS exists and gets no credentials, because
// its trust policy does not admit EC2. It does not report a role that does not exist, which
// may be made later.
func (s *Server) CheckIMDS(ctx context.Context) error {
	name := s.options.IMDS.Role
	if name == "" {
		return nil
	}
	p, err := roles{s}.Profile(ctx, name)
	if errors.Is(err, imds.ErrNoProfile) || err == nil && p.Role == nil {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = roles{s}.Session(ctx, &imds.Session{Role: p.Role, Service: imds.EC2, Name: "start", Duration: time.Hour})
	if errors.Is(err, imds.ErrUntrusted) {
		return fmt.Errorf("role %s gets no credentials: its trust policy does not allow sts:AssumeRole to the service %s; let it, and clients find them", p.Role.Name, imds.EC2)
	}
	return err
}

// ServeIMDS answers requests to the metadata endpoint on the listener until ctx
// is done.
func (s *Server) ServeIMDS(ctx context.Context, ln net.Listener) error {
	return s.intake.Serve(ctx, ln, s.imds, nil)
}
