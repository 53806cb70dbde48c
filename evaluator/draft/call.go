package draft

import (
	"cmp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// A Call is one permission that a request needed. A request that needs several
// permissions becomes several Calls with one RequestID.
type Call struct {
	RequestID string
	Action    string // with its service, such as "s3:GetObject"
	Resource  string // an ARN, or "*" if the action has no resource; anything else that is not an ARN counts as "*"
	Context   []Key  // the condition keys of the request, all that are known
	Verdict   Verdict

	// Limits lists what else denied the permission, apart from the lack of an
	// identity-based policy that allows it. A draft neither changes nor considers them.
	Limits []Limit
}

// Limit is a layer of policies that denied a permission.
type Limit struct {
	Layer     string // as evaluator.Kind calls it, such as "scp", "boundary" or "session"
	Policy    string // the usual name of the policy whose statement denied it; empty if nothing in the layer allowed it
	Statement string // the policy's statement: its Sid, or its number from 1
}

// Key is a condition key of a call, with its values.
type Key struct {
	Name   string
	Values []string
	Multi  bool // AWS declares it as multivalued, whatever the number of values here
}

// Verdict is the decision about a permission.
type Verdict uint8

// The verdicts. Identity drafts the first two, and Denied if the Options ask for
// it.
const (
	Allowed       Verdict = iota
	WouldBeDenied         // it was denied, and the request was let through: enforcement only logs
	Denied
	ByResource // the policy of the resource allowed it, which does not need an identity policy for it
)

func (c *Call) resource() string { return cmp.Or(c.Resource, "*") }

// key returns the condition key with the name, in any case.
func (c *Call) key(name string) (Key, bool) {
	i := slices.IndexFunc(c.Context, func(k Key) bool { return strings.EqualFold(k.Name, name) })
	if i < 0 {
		return Key{}, false
	}
	return c.Context[i], true
}

// request returns the call as a request to the evaluator, with identity policies
// only.
func (c *Call) request(ctx *evaluator.Context) *evaluator.Request {
	ctx.Reset()
	for _, k := range c.Context {
		switch {
		case k.Multi:
			ctx.SetMulti(k.Name, k.Values...)
		case len(k.Values) > 0:
			ctx.Set(k.Name, k.Values[0])
		}
	}
	return &evaluator.Request{
		Principal: evaluator.Principal{Kind: evaluator.User, Account: "000000000000"},
		Action:    c.Action, Resource: c.resource(), Context: ctx,
	}
}
