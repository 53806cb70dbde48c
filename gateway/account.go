package gateway

import (
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// account returns the account whose resources the upstreams hold.
func (g *Gateway) account(c *principal.Caller) string {
	if g.keepsApart() && c.AccountID != "" {
		return c.AccountID
	}
	return g.defaultAccount()
}

// keepsApart reports whether each account has resources of its own at the upstreams.
func (g *Gateway) keepsApart() bool { return g.options.Config.Account == CallersAccount }

func (g *Gateway) defaultAccount() string {
	if a := g.options.Config.Account; a != "" && a != CallersAccount {
		return a
	}
	return g.options.OwnAccount
}

// holder returns the account whose resources the upstream should use for the call: if each account
// has its own, the owner of the first resource.
func (c *call) holder() string {
	if c.g.keepsApart() && len(c.needs) > 0 && principal.ValidAccountID(c.needs[0].Owner) {
		return c.needs[0].Owner
	}
	return c.g.account(c.caller)
}

// misplaced returns the failure of a call that is allowed, but whose resource an upstream could
// look for in another account: many upstreams read only the name in an ARN.
func (c *call) misplaced() *failure {
	first, ok := principal.ParseARN(c.needs[0].Resource)
	if !ok || first.AccountID == "" {
		return nil
	}
	own := c.g.account(c.caller)
	if !c.g.keepsApart() && first.AccountID != own && first.AccountID == c.caller.AccountID {
		return c.fail(notServed, "The request is allowed, but it is not sent on: the upstream holds the resources of account "+own+
			", and the request is about one of account "+first.AccountID+
			"; start Understudy with --upstream-account caller if the upstream keeps accounts apart.")
	}
	for _, n := range c.needs[1:] {
		other, _ := principal.ParseARN(n.Resource)
		if isLike(first, other) && other.AccountID != "" && other.AccountID != first.AccountID {
			return c.fail(notServed, "The request is allowed, but it is not sent on: it is about resources of the accounts "+
				first.AccountID+" and "+other.AccountID+
				", and the upstream looks for both in one account; send a separate request for each account.")
		}
	}
	return nil
}

// isLike reports whether two ARNs name resources of one kind.
func isLike(a, b principal.ARN) bool {
	return a.Service == b.Service && kindOf(a.Resource) == kindOf(b.Resource)
}

// kindOf returns the start of an ARN's resource part, which tells its kind; empty if that part is
// only a name, as for queues.
func kindOf(resource string) string {
	if i := strings.IndexAny(resource, "/:"); i >= 0 {
		return resource[:i]
	}
	return ""
}

// noteOwner notes in the record of a need why its resource belongs to another account, if that
// follows from --upstream-account.
func (c *call) noteOwner(n *authz.Need) {
	own := c.g.account(c.caller)
	if c.g.keepsApart() || n.Owner != own || c.caller.AccountID == "" || c.caller.AccountID == own {
		return
	}
	n.Note = "The upstream holds the resources of account " + own + " (--upstream-account), and the caller is of another account. " +
		"With --upstream-account caller each account has resources of its own."
}
