package authz

import (
	"errors"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// kinds maps kinds of callers to those of the evaluator.
var kinds = map[principal.Kind]evaluator.PrincipalKind{
	principal.Anonymous:     evaluator.Anonymous,
	principal.Root:          evaluator.Root,
	principal.User:          evaluator.User,
	principal.AssumedRole:   evaluator.RoleSession,
	principal.FederatedUser: evaluator.FederatedUser,
}

// HolderOf finds the user or role whose policies count for the caller; for a federated
// user it is the one that requested the credentials. For root and anonymous callers,
// which have none, it returns nil.
func HolderOf(tx persistence.Tx, c *principal.Caller) (*Holder, error) {
	switch {
	case c.Kind == principal.User, c.Kind == principal.FederatedUser && c.EntityID != "":
		u, err := findUser(tx, c)
		if err != nil {
			return nil, err
		}
		h := UserHolder(c.AccountID, u)
		return &h, nil
	case c.Kind == principal.AssumedRole:
		r, err := findRole(tx, c)
		if err != nil {
			return nil, err
		}
		h := RoleHolder(c.AccountID, r)
		return &h, nil
	}
	return nil, nil
}

// findUser finds the user by name, which is one read, and by ID if the user was
// renamed since the credentials were looked up.
func findUser(tx persistence.Tx, c *principal.Caller) (*persistence.User, error) {
	u, err := persistence.Users.Get(tx, c.AccountID, c.Name)
	if err == nil && u.ID == c.EntityID {
		return u, nil
	}
	if err == nil || errors.Is(err, persistence.ErrNotFound) {
		u, err = persistence.UsersByID.First(tx, c.AccountID, c.EntityID)
	}
	if errors.Is(err, persistence.ErrNotFound) {
		return nil, goneCaller()
	}
	return u, err
}

func findRole(tx persistence.Tx, c *principal.Caller) (*persistence.Role, error) {
	r, err := persistence.Roles.Get(tx, c.AccountID, c.Name)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && r.ID != c.EntityID {
		return nil, goneCaller() // roles cannot be renamed
	}
	return r, err
}

// evaluated returns the caller as the evaluator sees it.
func (c *call) evaluated(h *Holder) evaluator.Principal {
	if c.federation != nil {
		return c.federation.federated()
	}
	who := c.caller
	p := evaluator.Principal{Kind: kinds[who.Kind], Account: who.AccountID, ARN: who.ARN, EntityID: who.EntityID}
	if h != nil {
		p.EntityARN = h.ARN(c.a.options.Partition)
	}
	return p
}

// sessionPolicies gathers the session policies of the caller: the document that was
// passed, and the managed ones as they are now (recorded: a new default version counts at
// once). A policy that was deleted allows nothing.
func (a *Authorizer) sessionPolicies(tx persistence.Tx, c *principal.Caller, into *evaluator.Policies) error {
	into.Session, into.SessionRequired, into.Limits = into.Session[:0], false, into.Limits[:0]
	s := c.Session
	if s == nil {
		return nil
	}
	if s.Operation == "AssumeRoot" {
		if err := a.rootTask(into); err != nil {
			return err
		}
	}
	into.SessionRequired = s.Policy != "" || len(s.PolicyARNs) > 0
	if s.Policy != "" {
		k := policyKey{kind: evaluator.Session, name: c.SessionName, document: s.Policy}
		p, err := a.cache.compile(&k, s.Policy)
		if err != nil {
			return err
		}
		into.Session = append(into.Session, p)
	}
	for _, arn := range s.PolicyARNs {
		p, err := a.ManagedPolicy(tx, c.AccountID, arn, evaluator.Session)
		if errors.Is(err, persistence.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		into.Session = append(into.Session, p)
	}
	return a.sessionLimits(s, into)
}

// rootTask allows a root session everything that its task policy does not deny: AWS's task
// policies only deny what is not part of the task.
func (a *Authorizer) rootTask(into *evaluator.Policies) error {
	const everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	p, err := a.cache.compile(&policyKey{kind: evaluator.Session, name: "root", document: everything}, everything)
	if err == nil {
		into.Session = append(into.Session, p)
	}
	return err
}
