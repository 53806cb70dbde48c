package server

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// instanceProfile finds an instance profile by name or ARN. It returns its ARN and the
// ARN of its role.
func (s *Server) instanceProfile(ctx context.Context, account, profile string) (arn, role string) {
	if a, ok := principal.ParseARN(profile); ok {
		account, profile = a.AccountID, principal.Name(a.Resource)
	}
	err := s.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
		arn, role, err = s.profileIn(tx, account, profile)
		return err
	})
	if err != nil && !errors.Is(err, persistence.ErrNotFound) {
		s.options.Logger.Error("an instance profile could not be read", "profile", profile, "error", err)
	}
	return arn, role
}

// profileIn finds an instance profile of the account by name.
func (s *Server) profileIn(tx persistence.Tx, account, name string) (arn, role string, err error) {
	p, err := persistence.InstanceProfiles.Get(tx, account, name)
	if err != nil {
		return "", "", err
	}
	arn = s.in(account).Entity("instance-profile", p.Path, p.Name)
	if p.RoleID == "" {
		return arn, "", nil
	}
	r, err := persistence.RolesByID.First(tx, account, p.RoleID)
	if err != nil {
		return "", "", err
	}
	return arn, s.in(account).Entity("role", r.Path, r.Name), nil
}

// mirrored is a role, an instance profile or a server certificate as an upstream gets it;
// nil if there is none with this ARN.
func (s *Server) mirrored(ctx context.Context, arn string) (*services.Entity, error) {
	a, _ := principal.ParseARN(arn)
	kind, _, name := a.Entity()
	var e *services.Entity
	var err error
	switch kind {
	case "role":
		e, err = s.mirroredRole(ctx, a.AccountID, name)
	case "instance-profile":
		e, err = s.mirroredProfile(ctx, a.AccountID, name)
	case "server-certificate":
		e, err = s.mirroredCertificate(ctx, a.AccountID, name)
	default:
		return nil, nil
	}
	switch {
	case errors.Is(err, persistence.ErrNotFound), err == nil && e.ARN != arn: // of another path, or spelled otherwise
		return nil, nil
	case err != nil:
		return nil, err
	}
	return e, nil
}

func (s *Server) mirroredRole(ctx context.Context, account, name string) (*services.Entity, error) {
	r, err := s.iam.ShownRole(ctx, account, name)
	if err != nil {
		return nil, err
	}
	return &services.Entity{ARN: s.in(account).Entity("role", r.Path, r.Name), Trust: r.TrustPolicy}, nil
}

func (s *Server) mirroredProfile(ctx context.Context, account, name string) (*services.Entity, error) {
	e := &services.Entity{}
	err := s.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
		e.ARN, e.Role, err = s.profileIn(tx, account, name)
		return err
	})
	return e, err
}

func (s *Server) mirroredCertificate(ctx context.Context, account, name string) (*services.Entity, error) {
	e := &services.Entity{}
	err := s.options.Store.View(ctx, func(tx persistence.Tx) error {
		c, err := persistence.ServerCertificates.Get(tx, account, name)
		if err == nil {
			*e = services.Entity{ARN: s.in(account).Entity("server-certificate", c.Path, c.Name), Body: c.Body, Chain: c.Chain}
		}
		return err
	})
	return e, err
}

// unmirroring are the operations of IAM after which an upstream may have what is not here
// any more: an entity, or another role in an instance profile.
var unmirroring = []string{
	"AddRoleToInstanceProfile", "DeleteInstanceProfile", "DeleteRole", "DeleteServerCertificate", "RemoveRoleFromInstanceProfile",
	"UpdateServerCertificate",
}

// unmirrors reports whether the upstreams must delete something after a call.
func unmirrors(x *awsapi.Exchange) bool {
	return x.Err == nil && x.Service == "iam" && slices.Contains(unmirroring, x.Operation)
}

// maxForget is how long a deletion waits for upstreams.
const maxForget = 5 * time.Second

// forgetEntities lets the upstreams delete what was deleted here.
func (s *Server) forgetEntities() {
	ctx, cancel := context.WithTimeout(context.Background(), maxForget)
	defer cancel()
	s.gateway.ForgetEntities(ctx)
}
