// Package authz is the only place where state and evaluator meet: it gathers the policies
// that apply to a caller, builds the request context, asks the evaluator, and writes the
// text of a denial. Enforcement and simulation use the same code.
//
// It guarantees that
//   - a call is allowed only if every permission that its Rule names is allowed by the
//     policies at the time of the call and, on a store from Deciding, also by those at the
//     time when it takes effect. Cached results are kept with what was read for them, and
//     compiled documents under their text, so that they cannot be out of date;
//   - everything is denied to the zero principal;
//   - what credentials cannot do whatever policies say (those of GetSessionToken and
//     GetFederationToken have such limits) is refused first, in every mode;
//   - a fault while deciding is an error, and never allows the call.
//
// # Caveats
//
// The package does not authenticate; it trusts the Caller in the context. There are no VPC
// endpoints, and so no VPC endpoint policies.
package authz

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Options configures an Authorizer. Store and Rules are required.
type Options struct {
	Store persistence.Store
	Rules []Rule // one for each operation that is served

	// Partition is where the accounts are; "" is principal.AWS.
	Partition principal.Partition

	// Managed returns the document of the default version of an AWS managed policy of the
	// partition, and false if no such policy has the ARN. It must always give the same
	// answer for an ARN. Nil: there are no AWS managed policies.
	Managed func(arn string) (document string, ok bool)

	// Now is the time of a request that does not carry one; nil is time.Now.
	Now func() time.Time

	Mode Mode // the zero value is On

	// RootAssumeRole lets root users call AssumeRole if the trust policy allows their
	// account. AWS refuses them.
	RootAssumeRole bool

	// NamePolicyARN appends the ARN of the managed policy that denies to the text of an
	// explicit denial. AWS documents that for 2026, as a gradual change; the answers
	// recorded in September 2026 do not have it, so it is off.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
	NamePolicyARN bool

	// Valid returns nil if the caller's credentials are valid in the state that tx shows,
	// or AWS's error. It need not check that the user or role exists. Nil: all are valid.
	Valid func(tx persistence.Tx, caller *principal.Principal) error

	// Observe, if set, gets the record of each decision about a call, when it is made,
	// and the caller that made the call: that of the context, or of a Federation. A call
	// can be decided again, see Decision.Again. Observe may keep the Decision and must not
	// change it. Nil: no records are made.
	Observe func(*principal.Caller, *Decision)

	// LetPass, if set, gets each denial that has no effect in the mode Log, once for each
	// call.
	LetPass func(maker *principal.Caller, denial error)
}

// Authorizer decides calls. It is safe for concurrent use.
type Authorizer struct {
	options Options
	rules   map[string]Rule
	mode    atomic.Uint32
	cache   cache
	held    persistence.StateCache[heldKey, held]
	orgs    persistence.StateCache[string, Organization]
}

// New makes an Authorizer. It panics if two rules name one operation.
func New(o Options) *Authorizer {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Managed == nil {
		o.Managed = func(string) (string, bool) { return "", false }
	}
	a := &Authorizer{options: o, rules: make(map[string]Rule, len(o.Rules))}
	for _, r := range o.Rules {
		if _, ok := a.rules[r.Operation]; ok {
			panic("authz: two rules for " + r.Operation)
		}
		a.rules[r.Operation] = r
	}
	a.SetMode(o.Mode)
	return a
}

// Mode returns what the Authorizer does with a denial.
func (a *Authorizer) Mode() Mode { return Mode(a.mode.Load()) }

// SetMode sets what the Authorizer does with a denial, for calls that begin afterwards.
func (a *Authorizer) SetMode(m Mode) { a.mode.Store(uint32(m)) }

// Decide decides whether the caller in ctx may perform the operation with the
// input, a pointer to the SDK's input type. It returns the context in which the
// operation is performed, whose transactions decide again if they have to: see
// Deciding. Or it returns the error to answer: AccessDenied with AWS's text,
// InvalidClientTokenId for credentials that cannot be used here, or the rule's error
// about the input.
func (a *Authorizer) Decide(ctx context.Context, operation string, input any) (context.Context, error) {
	rule, ok := a.rules[operation]
	if !ok {
		return nil, fmt.Errorf("authz: operation %s has no rule", operation)
	}
	who := principal.FromContext(ctx)
	c := call{a: a, rule: rule, input: input, maker: who, caller: who, mode: a.Mode()}
	return c.authorize(ctx)
}

// Authorize is Decide for callers that do not perform the operation afterwards.
func (a *Authorizer) Authorize(ctx context.Context, operation string, input any) error {
	_, err := a.Decide(ctx, operation, input)
	return err
}

// Query returns what the rules see of a caller.
func (a *Authorizer) Query(tx persistence.Tx, caller *principal.Caller) *Query {
	return &Query{Tx: tx, Caller: caller, Partition: a.options.Partition}
}

// now returns the time at which a request is decided.
func (a *Authorizer) now(r *principal.Request) time.Time {
	if r.Time.IsZero() {
		return a.options.Now()
	}
	return r.Time
}
