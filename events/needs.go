package events

import (
	"cmp"
	"strconv"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/draft"
	"github.com/understudy-iam/understudy/principal"
)

// Needs are the permissions that the call needed of its caller's policies, for a draft; none
// if nothing was decided. Those of a call that was denied as a whole are all denied.
func (e *Event) Needs() []draft.Call {
	d := e.Decision()
	if d == nil {
		return nil
	}
	list := make([]draft.Call, 0, len(d.Checks))
	for i := range d.Checks {
		c := &d.Checks[i]
		list = append(list, draft.Call{
			RequestID: e.Caller.Request.ID, Action: c.Need.Action, Resource: c.Request.Resource,
			Context: contextOf(c), Verdict: verdictOf(d, c), Limits: limitsOf(&c.Result),
		})
	}
	return list
}

func verdictOf(d *authz.Decision, c *authz.Check) draft.Verdict {
	allowed := c.Result.Decision == evaluator.Allowed
	switch {
	case d.Verdict == authz.Denied, !allowed && d.Mode != authz.Log:
		return draft.Denied
	case !allowed:
		return draft.WouldBeDenied
	case c.Result.Reason == evaluator.ResourcePolicyAllows:
		return draft.ByResource
	}
	return draft.Allowed
}

// limitsOf are the layers that deny a request whatever identity-based policies are added.
func limitsOf(r *evaluator.Result) (limits []draft.Limit) {
	for i := range r.Layers {
		l := &r.Layers[i]
		denies := l.Decision == evaluator.ExplicitDeny
		if l.Decision == evaluator.Allowed || !denies && (l.Waived || l.Kind == evaluator.Identity) {
			continue
		}
		limit := draft.Limit{Layer: l.Kind.String()}
		for _, m := range l.Matches {
			if m.Effect() != evaluator.Deny {
				continue
			}
			origin := m.Policy.Origin()
			limit.Policy = cmp.Or(origin.Name, origin.ID)
			limit.Statement = cmp.Or(m.Statement.Sid, strconv.Itoa(m.Statement.Index+1))
			break // one is enough to know where to look
		}
		limits = append(limits, limit)
	}
	return limits
}

func contextOf(c *authz.Check) []draft.Key {
	if c.Request.Context == nil {
		return nil
	}
	var keys []draft.Key
	for _, name := range c.Request.Context.Names() {
		if values, multi, ok := c.Request.Context.Lookup(name); ok {
			keys = append(keys, draft.Key{Name: name, Values: append([]string{}, values...), Multi: multi})
		}
	}
	return keys
}

// Assumptions are the permissions that the call needed of the trust policy of a role, by the
// role's ARN; none if it did not ask for a session of the role.
func (e *Event) Assumptions(role string) []draft.Assumption {
	d := e.Decision()
	if d == nil {
		return nil
	}
	var list []draft.Assumption
	for i, c := range e.Needs() {
		check := &d.Checks[i]
		if c.Resource != role || check.Policies.ResourceRule != evaluator.TrustRule {
			continue
		}
		list = append(list, draft.Assumption{
			RequestID: c.RequestID, Action: c.Action, Principal: trusted(&check.Request.Principal), Context: c.Context, Verdict: c.Verdict,
		})
	}
	return list
}

// trusted is a caller as trust policies name it.
func trusted(p *evaluator.Principal) draft.Entity {
	switch p.Kind {
	case evaluator.Service:
		return draft.Entity{Type: "Service", Value: p.Service}
	case evaluator.WebIdentity, evaluator.SAML:
		return draft.Entity{Type: "Federated", Value: p.Federated}
	case evaluator.User, evaluator.RoleSession:
		return draft.Entity{Type: "AWS", Value: p.EntityARN}
	}
	return draft.Entity{Type: "AWS", Value: p.ARN}
}

// IsOf reports whether the call was made with the policies of a user or role, by its
// account, its kind ("user" or "role") and its name, or by the root user, whose kind is "root". The sessions of a role are the
// role, and so is one of the same name that was deleted.
func (e *Event) IsOf(account, kind, name string) bool {
	p := e.Principal()
	if p.AccountID != account {
		return false
	}
	switch p.Kind {
	case principal.User, principal.FederatedUser:
		return kind == "user" && p.Name == name
	case principal.AssumedRole:
		return kind == "role" && p.Name == name
	}
	return kind == "root" && p.Kind == principal.Root
}

// Whole is since when the log has all events: the time of the newest one that was dropped;
// zero if none was.
func (l *Log) Whole() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}
