package draft

import (
	"cmp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// A Call is one permission that a request needed. A request that needs several is several
// Calls with one RequestID.
type Call struct {
	RequestID string
	Action    string // with its service, such as "s3:GetObject"
	Resource  string // an ARN, or "*" if the action has no resource; what is not an ARN counts as "*"
	Context   []Key  // the condition keys of the request, all that are known
	Verdict   Verdict

	// Limits are what else denied the permission, besides that no identity-based policy
	// allowed it. A draft does not change them, and takes no notice of them.
	Limits []Limit
}

// Limit is a layer of policies that denied a permission.
type Limit struct {
	Layer     string // as evaluator.Kind names it, such as "scp", "boundary" or "session"
	Policy    string // what people call the policy whose statement denied it; empty if the layer only did not allow it
	Statement string // of the policy: its Sid, or its number from 1
}

// Key is a condition key of a call, with its values.
type Key struct {
	Name   string
	Values []string
	Multi  bool // AWS declares it as multivalued, however many values there are
}

// Verdict is what became of a permission.
type Verdict uint8

// The verdicts. Identity drafts the first two, and Denied if Options say so.
const (
	Allowed       Verdict = iota
	WouldBeDenied         // it was denied, and the request was let through: enforcement only logs
	Denied
	ByResource // the policy of the resource allowed it, and needs no identity policy for it
)

func (c *Call) resource() string { return cmp.Or(c.Resource, "*") }

// key is the condition key of the name, in any case.
func (c *Call) key(name string) (Key, bool) {
	i := slices.IndexFunc(c.Context, func(k Key) bool { return strings.EqualFold(k.Name, name) })
	if i < 0 {
		return Key{}, false
	}
	return c.Context[i], true
}

// request is the call as the evaluator decides it, by identity policies alone.
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
