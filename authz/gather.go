package authz

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Holder is a user, group or role as far as its policies are concerned.
type Holder struct {
	Kind     string // "user", "group" or "role"
	Account  string
	ID       string // AIDA..., AGPA... or AROA...
	Name     string
	Path     string
	Boundary string // policy ARN, or empty
	Tags     []persistence.Tag
}

// ARN returns the holder's ARN in the partition, with its path.
func (h *Holder) ARN(p principal.Partition) string {
	return p.In(h.Account).Entity(h.Kind, h.Path, h.Name)
}

// UserHolder returns the user as a holder of policies.
func UserHolder(account string, u *persistence.User) Holder {
	return Holder{"user", account, u.ID, u.Name, u.Path, u.Boundary, u.Tags}
}

// GroupHolder returns the group as a holder of policies.
func GroupHolder(account string, g *persistence.Group) Holder {
	return Holder{Kind: "group", Account: account, ID: g.ID, Name: g.Name, Path: g.Path}
}

// RoleHolder returns the role as a holder of policies.
func RoleHolder(account string, r *persistence.Role) Holder {
	return Holder{"role", account, r.ID, r.Name, r.Path, r.Boundary, r.Tags}
}

// Gather sets Identity and Boundary of into to the present policies of the holder: inline
// policies, then attached ones, then those of the user's groups in the same way. A managed
// policy that is attached more than once counts once. Their Origin names them as the
// simulator does. The lists that were in into before are not changed.
func (a *Authorizer) Gather(tx persistence.Tx, h *Holder, into *evaluator.Policies) error {
	into.Identity, into.Boundary = nil, nil
	var list []*evaluator.Policy
	for held, err := range EffectivePolicies(tx, h) {
		var p *evaluator.Policy
		if err == nil {
			p, err = a.compileHeld(tx, &held)
		}
		if err != nil {
			return err
		}
		list = append(list, p)
	}
	into.Identity = list
	if h.Boundary == "" {
		return nil
	}
	var err error
	into.Boundary, err = a.required(tx, h.Account, h.Boundary, evaluator.Boundary)
	return err
}

// compileHeld compiles a policy of an identity.
func (a *Authorizer) compileHeld(tx persistence.Tx, held *HeldPolicy) (*evaluator.Policy, error) {
	h, p := held.Holder, held.Inline
	if p == nil {
		return a.required(tx, h.Account, held.ARN, evaluator.Identity)
	}
	k := policyKey{kind: evaluator.Identity, holder: h.Kind, owner: h.Name, name: p.Name, document: p.Document}
	compiled, err := a.cache.compile(&k, p.Document)
	if err != nil {
		return nil, fmt.Errorf("inline policy %s of %s: %w", p.Name, h.ID, err)
	}
	return compiled, nil
}

// required is ManagedPolicy for a policy that must exist because something refers to it:
// without it the decision fails, since the policy might have denied.
func (a *Authorizer) required(tx persistence.Tx, account, arn string, kind evaluator.Kind) (*evaluator.Policy, error) {
	p, err := a.ManagedPolicy(tx, account, arn, kind)
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, fmt.Errorf("%w: policy %s is in use and does not exist", persistence.ErrDamaged, arn)
	}
	return p, err
}

// isAWSManaged reports whether an ARN is the ARN of an AWS managed policy.
func (a *Authorizer) isAWSManaged(arn string) bool {
	return strings.HasPrefix(arn, a.options.Partition.AWSPolicy(""))
}

// ManagedPolicy returns the default version of a managed policy, AWS's or the
// account's own, compiled for a layer; persistence.ErrNotFound if there is none.
func (a *Authorizer) ManagedPolicy(tx persistence.Tx, account, arn string, kind evaluator.Kind) (*evaluator.Policy, error) {
	name := principal.Name(arn)
	k := policyKey{kind: kind, name: name, arn: arn}
	if a.isAWSManaged(arn) {
		if p := a.cache.get(&k); p != nil {
			return p, nil
		}
		document, ok := a.options.Managed(arn)
		if !ok {
			return nil, persistence.ErrNotFound
		}
		return a.cache.compile(&k, document)
	}
	document, err := ownDocument(tx, account, name, arn)
	if err != nil {
		return nil, err
	}
	k.document = document
	p, err := a.cache.compile(&k, document)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", arn, err)
	}
	return p, nil
}

// ownDocument reads the default version of a customer managed policy.
func ownDocument(tx persistence.Tx, account, name, arn string) (string, error) {
	p, err := persistence.Policies.Get(tx, account, name)
	if err != nil {
		return "", err
	}
	if p.ARN != arn {
		return "", persistence.ErrNotFound
	}
	v, err := persistence.PolicyVersions.Get(tx, account, p.ID, persistence.VersionKey(p.DefaultVersion))
	if err != nil {
		return "", fmt.Errorf("default version of %s: %w", arn, err)
	}
	return v.Document, nil
}

// Document returns the document of a managed policy's default version, AWS's or the
// account's own; persistence.ErrNotFound if there is none.
func (a *Authorizer) Document(tx persistence.Tx, account, arn string) (string, error) {
	if !a.isAWSManaged(arn) {
		return ownDocument(tx, account, principal.Name(arn), arn)
	}
	document, ok := a.options.Managed(arn)
	if !ok {
		return "", persistence.ErrNotFound
	}
	return document, nil
}

// EvaluateContext decides a request, unless ctx ends before; then it returns the error of
// ctx. Enforcement, simulation and explanations call it, and nothing else in the project
// asks the evaluator.
func EvaluateContext(ctx context.Context, r *evaluator.Request, p *evaluator.Policies, into *evaluator.Result) error {
	return evaluator.EvaluateContext(ctx, r, p, into)
}
