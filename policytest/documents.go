package policytest

import (
	"errors"
	"fmt"
	"iter"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// document is a policy of the state that somebody has written; AWS's own are not among
// them.
type document struct {
	key    string // tells it from others, see keyOf
	policy *evaluator.Policy
}

// documents yields the policies of the state.
func (w *world) documents(tx persistence.Tx) iter.Seq2[document, error] {
	return func(yield func(document, error) bool) {
		add := func(key, title, source string, kind evaluator.Kind) error {
			p, err := evaluator.Compile(source, kind, evaluator.Origin{ID: title, Name: title})
			if err != nil {
				return fmt.Errorf("%s: %w", title, err)
			}
			if !yield(document{key, p}, nil) {
				return errEnough
			}
			return nil
		}
		for _, account := range w.accounts {
			if err := w.documentsOf(tx, account, add); err != nil {
				if !errors.Is(err, errEnough) {
					yield(document{}, err)
				}
				return
			}
		}
	}
}

// errEnough ends a walk that nobody wants to go on.
var errEnough = errors.New("policytest: enough")

type adder func(key, title, source string, kind evaluator.Kind) error

// documentsOf walks through the policies of an account.
func (w *world) documentsOf(tx persistence.Tx, account string, add adder) error {
	for p, err := range persistence.Policies.Scan(tx, account, nil, nil) {
		if err != nil {
			return err
		}
		v, err := persistence.PolicyVersions.Get(tx, account, p.ID, persistence.VersionKey(p.DefaultVersion))
		if err != nil {
			return err
		}
		if err := add(p.ARN, "managed policy "+p.Name, v.Document, evaluator.Identity); err != nil {
			return err
		}
	}
	for _, kind := range []string{"user", "role"} {
		for h, err := range authz.Holders(tx, account, kind, nil) {
			if err == nil {
				err = w.inlineOf(tx, &h, add)
			}
			if err != nil {
				return err
			}
		}
	}
	for g, err := range persistence.Groups.Scan(tx, account, nil, nil) {
		if err != nil {
			return err
		}
		h := authz.GroupHolder(account, g)
		if err := w.inlineOf(tx, &h, add); err != nil {
			return err
		}
	}
	return w.otherDocuments(tx, account, add)
}

func (w *world) inlineOf(tx persistence.Tx, h *authz.Holder, add adder) error {
	for p, err := range persistence.InlinePolicies.Scan(tx, h.Account, persistence.Key{h.ID}, nil) {
		if err != nil {
			return err
		}
		title := "inline policy " + p.Name + " of " + h.Kind + " " + h.Name
		key := h.Account + "/" + authz.InlineID(h.Kind, h.Name, p.Name)
		if err := add(key, title, p.Document, evaluator.Identity); err != nil {
			return err
		}
	}
	return nil
}

// otherDocuments walks through the policies of roles, of resources and of an organization.
func (w *world) otherDocuments(tx persistence.Tx, account string, add adder) error {
	for r, err := range persistence.Roles.Scan(tx, account, nil, nil) {
		if err != nil {
			return err
		}
		arn := w.partition().In(account).Entity("role", r.Path, r.Name)
		shown, err := iam.ShownTrust(tx, w.partition().In(account), r.TrustPolicy)
		if err != nil {
			return err
		}
		if err := add(trustKey+arn, "trust policy of role "+r.Name, shown, evaluator.Trust); err != nil {
			return err
		}
	}
	for p, err := range persistence.ResourcePolicies.Scan(tx, account, nil, nil) {
		if err != nil {
			return err
		}
		if err := add(resourceKey+p.Document, "policy of "+p.Resource, p.Document, evaluator.Resource); err != nil {
			return err
		}
	}
	for p, err := range persistence.OrganizationPolicies.Scan(tx, account, nil, nil) {
		if err != nil {
			return err
		}
		kind, title := evaluator.SCP, "SCP "+p.Name
		if p.Kind == persistence.ResourceControlPolicy {
			kind, title = evaluator.RCP, "RCP "+p.Name
		}
		if err := add(kind.String()+":"+p.Name, title, p.Document, kind); err != nil {
			return err
		}
	}
	return nil
}

// How the keys of documents begin that have no ARN.
const (
	trustKey    = "trust:"
	resourceKey = "resource:"
)

// keyOf is the key of a policy that took part in a decision; empty for one of AWS.
func keyOf(c *authz.Check, p *evaluator.Policy) string {
	o := p.Origin()
	arn, _ := principal.ParseARN(o.ARN)
	switch {
	case arn.AccountID == principal.AWSAccount:
		return ""
	case p.Kind() == evaluator.Trust:
		return trustKey + c.Need.Resource
	case p.Kind() == evaluator.Resource:
		return resourceKey + p.Document().Source()
	case p.Kind() == evaluator.SCP || p.Kind() == evaluator.RCP:
		return p.Kind().String() + ":" + o.ID
	}
	return keyOfIdentity(c.Request.Principal.Account, p)
}

// keyOfIdentity is the key of an inline or managed policy that somebody of the account has.
func keyOfIdentity(account string, p *evaluator.Policy) string {
	if o := p.Origin(); o.Holder != "" {
		return account + "/" + o.ID
	}
	return p.Origin().ARN
}

// declared is the policy of a resource that the state has; the zero value is that of a
// resource without one.
type declared struct{ document, owner string }

// declaredPolicy finds the policy of a resource, or of what holds it, and the account that
// owns the resource.
func (w *world) declaredPolicy(tx persistence.Tx, resource string) (*declared, error) {
	holder := services.PolicyHolder(resource)
	if holder == "" {
		return &declared{}, nil
	}
	if found := w.declared[holder]; found != nil {
		return found, nil
	}
	arn, _ := principal.ParseARN(holder)
	found := &declared{}
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
	w.declared[holder] = found
	return found, nil
}
