package server

import (
	"context"
	"errors"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// declaredPolicy is the policy of a resource that a seed has declared; the zero value is
// that of a resource without one.
type declaredPolicy struct{ document, owner string }

// declaredPolicy finds the policy that a seed has declared for a resource of another
// service, or for what holds the policy of the resource, and the account that owns it.
// Both are empty if there is none.
func (s *Server) declaredPolicy(ctx context.Context, resource string) (document, owner string, err error) {
	holder := services.PolicyHolder(resource)
	if holder == "" {
		return "", "", nil
	}
	var found *declaredPolicy
	err = s.options.Store.View(ctx, func(tx persistence.Tx) (err error) {
		if found = s.declared.Get(tx, holder); found == nil {
			found, err = s.readDeclared(persistence.Noting(tx), holder)
		}
		return err
	})
	if err != nil {
		return "", "", err
	}
	return found.document, found.owner, nil
}

// readDeclared is declaredPolicy, from the store.
func (s *Server) readDeclared(tx persistence.Tx, holder string) (*declaredPolicy, error) {
	arn, _ := principal.ParseARN(holder)
	found := &declaredPolicy{}
	for _, name := range services.DeclaredNames(holder) {
		p, owner, err := persistence.FindResourcePolicy(tx, arn.AccountID, name)
		if err == nil {
			found.document, found.owner = p.Document, owner
			break
		}
		if !errors.Is(err, persistence.ErrNotFound) {
			return nil, err
		}
	}
	s.declared.Put(tx, holder, found)
	return found, nil
}

// addDeclared gives a question about a resource of another service the policy that a
// seed has declared, and the account that owns the resource. What the question itself says about
// them comes first.
func (s *Server) addDeclared(ctx context.Context, q *authz.Question) error {
	document, owner, err := s.declaredPolicy(ctx, q.Resource)
	if q.ResourcePolicy == "" {
		q.ResourcePolicy = document
	}
	if q.Owner == "" {
		q.Owner = owner
	}
	return err
}
