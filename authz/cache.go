package authz

import (
	"cmp"
	"sync"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/principal"
)

// cache keeps compiled policies. The document is part of the key, so an entry can never be
// out of date. Hashing the document costs less than anything else that is done with a
// policy.
//
// It has two generations: an entry that is used moves to the young one, and when that is
// full the old one is dropped. So the cache holds at most twice its limits and keeps what
// is in use.
type cache struct {
	mu         sync.RWMutex
	young, old map[policyKey]*evaluator.Policy
	bytes      int // of the documents in young
}

// Limits of one generation. A compiled document takes several times as many bytes.
const (
	cacheEntries = 4096
	cacheBytes   = 4 << 20
)

// policyKey is a document and where it comes from: the origin is part of a
// compiled policy.
type policyKey struct {
	kind     evaluator.Kind
	holder   string // kind of the user, group or role around an inline policy, or empty
	owner    string // its name
	name     string // of the policy
	arn      string // of a managed policy
	document string // empty for AWS managed policies, which an ARN identifies
	called   string // the name for people of a policy that narrows a session; else empty
}

// Origin types, as the simulator shows them (recorded). Those of session policies and of
// organizations are our own: the simulator has none.
var originTypes = map[evaluator.Kind]string{
	evaluator.Identity: "IAM Policy",
	evaluator.Boundary: "Permissions Boundary Policy",
	evaluator.Trust:    "Resource Policy",
	evaluator.Session:  "Session Policy",
	evaluator.Resource: "Resource Policy",
	evaluator.SCP:      "Service Control Policy",
	evaluator.RCP:      "Resource Control Policy",
}

// origin names a policy as the simulator does: an inline policy is user_NAME_POLICY, a
// managed policy has its own name.
func (k *policyKey) origin() evaluator.Origin {
	o := evaluator.Origin{ID: k.name, Type: originTypes[k.kind], ARN: k.arn, Name: k.title()}
	if k.holder != "" {
		o.ID, o.Holder, o.Owner = InlineID(k.holder, k.owner, k.name), k.holder, k.owner
	}
	return o
}

// InlineID returns the simulator's name for an inline policy of a user, group or role,
// such as user_alice_read.
func InlineID(kind, owner, policy string) string { return kind + "_" + owner + "_" + policy }

// titles are how the names of policies begin that people read, by kind of policy.
var titles = map[evaluator.Kind]string{
	evaluator.Identity: "managed policy ", evaluator.Boundary: "permissions boundary ", evaluator.Session: "managed session policy ",
	evaluator.SCP: "SCP ", evaluator.RCP: "RCP ",
}

// title returns the policy's name for people. The policy of a resource and a session
// policy that was passed have no name of their own.
func (k *policyKey) title() string {
	switch {
	case k.holder != "":
		return "inline policy " + k.name + " of " + k.holder + " " + k.owner
	case k.kind == evaluator.Trust:
		return "trust policy"
	case k.kind == evaluator.Resource:
		return "resource-based policy"
	case k.kind == evaluator.Session && k.arn == "":
		return cmp.Or(k.called, "session policy")
	case principal.IsAWSPolicy(k.arn) && k.kind != evaluator.Boundary:
		return "AWS " + titles[k.kind] + k.name
	}
	return titles[k.kind] + k.name
}

// compile returns the compiled policy, from the cache or from the document.
func (c *cache) compile(k *policyKey, document string) (*evaluator.Policy, error) {
	if p := c.get(k); p != nil {
		return p, nil
	}
	p, err := evaluator.Compile(document, k.kind, k.origin())
	if err != nil {
		return nil, err
	}
	c.put(k, p, len(document))
	return p, nil
}

func (c *cache) get(k *policyKey) *evaluator.Policy {
	c.mu.RLock()
	p := c.young[*k]
	old := c.old[*k]
	c.mu.RUnlock()
	if p == nil && old != nil {
		c.put(k, old, len(old.Document().Source()))
		return old
	}
	return p
}

func (c *cache) put(k *policyKey, p *evaluator.Policy, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= cacheEntries || c.bytes+size > cacheBytes {
		c.old, c.young, c.bytes = c.young, map[policyKey]*evaluator.Policy{}, 0
	}
	c.young[*k] = p
	c.bytes += size
}
