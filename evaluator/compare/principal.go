package compare

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// Accounts of principals that no document names.
const (
	ownAccount   = "111122223333" // owns the resource
	otherAccount = "999988887777"
	thirdAccount = "444455556666"
)

// Caller is a principal of a request.
type Caller struct {
	evaluator.Principal
	Text string // for people, such as "anyone" or an ARN
}

// strangers are principals that no document names: whoever is granted something there
// is one of everybody.
func strangers() []Caller {
	other := userOf(otherAccount)
	other.Text = "any user of another account"
	return []Caller{other, {evaluator.Principal{}, "an anonymous caller"},
		{evaluator.Principal{Kind: evaluator.Service, Service: "x.amazonaws.com"}, "any service"},
		{evaluator.Principal{Kind: evaluator.WebIdentity, Federated: "x.example.com"}, "any identity provider"}}
}

// callers are principals that the documents tell apart: who is named, somebody of each
// account that is named, and strangers. A policy of an identity has no principals: all it
// knows is a user.
func callers(kind evaluator.Kind, sides ...*side) []Caller {
	if kind != evaluator.Resource && kind != evaluator.Trust {
		return []Caller{userOf(ownAccount)}
	}
	list, seen := []Caller{}, map[string]bool{}
	for _, s := range sides {
		for ref := range s.policy.Document().Principals() {
			if c, ok := named(ref); ok && !seen[ref.Type+" "+ref.Value] {
				seen[ref.Type+" "+ref.Value] = true
				list = append(list, c)
			}
		}
	}
	return append(list, strangers()...)
}

func userOf(account string) Caller {
	arn := principal.AWS.In(account).Entity("user", "/", "x")
	return Caller{evaluator.Principal{Kind: evaluator.User, Account: account, ARN: arn, EntityARN: arn}, arn}
}

// named is a caller whom a principal names; false for "*", which names nobody in particular.
func named(ref evaluator.PrincipalRef) (Caller, bool) {
	v := ref.Value
	switch {
	case ref.Type == "Service":
		return Caller{evaluator.Principal{Kind: evaluator.Service, Service: v}, v}, true
	case ref.Type == "Federated" && strings.Contains(v, ":saml-provider/"):
		return Caller{evaluator.Principal{Kind: evaluator.SAML, Federated: v}, v}, true
	case ref.Type == "Federated":
		return Caller{evaluator.Principal{Kind: evaluator.WebIdentity, Federated: v}, v}, true
	case ref.Type == "CanonicalUser":
		c := userOf(otherAccount)
		c.CanonicalID, c.Text = v, "canonical user "+v
		return c, true
	case v == "*":
		return Caller{}, false
	}
	return namedAWS(v)
}

func namedAWS(v string) (Caller, bool) {
	arn, ok := principal.ParseARN(v)
	if !ok {
		if principal.ValidAccountID(v) {
			return userOf(v), true
		}
		c := userOf(otherAccount)
		c.EntityID, c.Text = v, v
		return c, true
	}
	account := principal.Partition(arn.Partition).In(arn.AccountID)
	kind, path, name := arn.Entity()
	p := evaluator.Principal{Kind: evaluator.User, Account: arn.AccountID, ARN: v, EntityARN: v}
	switch kind {
	case "root":
		return userOf(arn.AccountID), true
	case "role":
		p.Kind, p.ARN = evaluator.RoleSession, account.RoleSession(name, "x")
	case "assumed-role":
		p.Kind, p.EntityARN = evaluator.RoleSession, account.Entity("role", "/", strings.Trim(path, "/"))
	case "federated-user":
		p.Kind, p.EntityARN = evaluator.FederatedUser, ""
	}
	return Caller{p, v}, true
}
