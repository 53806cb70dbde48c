// Package authz is the one place where state and evaluator meet: it gathers
// the policies that apply to a caller, builds the request context, asks the
// evaluator, and words the denial. Enforcement and simulation take the same path.
//
// It guarantees that
//   - a call is allowed only if every permission that its Rule names is
//     allowed by the policies as they stand when the call is made, and, on a store
//     of Deciding, also as they stand when it takes effect. What is kept
//     between calls is kept with what was read for it, or, of compiled documents, by
//     their text, so that it cannot be out of date;
//   - nobody (the zero principal) is denied everything;
//   - what credentials cannot do whatever policies say (the credentials of
//     GetSessionToken and GetFederationToken have such limits) is refused
//     first, in every mode;
//   - a fault while deciding is an error, never an allowance.
//
// # Caveats
//
// The package does not authenticate, and it trusts the Caller in the context.
// There are no VPC endpoints, so no policies of them.
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

	// Managed returns the document of the default version of an AWS managed
	// policy of the partition, and false for an ARN that none has. It must always give the same
	// answer for an ARN. Nil: there are no AWS managed policies.
	Managed func(arn string) (document string, ok bool)

	// Now is the time of a request that does not carry one; nil is time.Now.
	Now func() time.Time

	Mode Mode // the zero value is On

	// RootAssumeRole lets root users call AssumeRole where the trust policy
	// admits their account. AWS refuses them.
	RootAssumeRole bool

	// NamePolicyARN ends the text of an explicit denial with the ARN of the
	// managed policy that denies. AWS documents that for 2026, as a gradual
	// change; the answers recorded in September 2026 end without it, so it is off.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
	NamePolicyARN bool

	// Valid returns nil if the caller's credentials are good in the state that tx
	// shows, or AWS's error. That the user or role exists is found out without it. Nil:
	// all are good.
	Valid func(tx persistence.Tx, caller *principal.Principal) error

	// Observe, if set, is given the record of each decision about a call, when it is
	// made, with who made the call: the caller in the context, or of a Federation. A
	// call can be decided again, see Decision.Again. It may keep the Decision and must
	// not change it. Nil: no records are made.
	Observe func(*principal.Caller, *Decision)

	// LetPass, if set, is given each denial that the mode Log lets pass, once a call.
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

// SetMode changes it, for the calls that begin afterwards.
func (a *Authorizer) SetMode(m Mode) { a.mode.Store(uint32(m)) }

// Decide decides whether the caller in ctx may perform the operation with the
// input, a pointer to the SDK's input type. It returns the context in which the
// operation is performed, whose transactions decide again if they have to: see
// Deciding. Or it returns the error to answer: AccessDenied with AWS's text,
// InvalidClientTokenId for credentials that cannot be used here, or what the rule
// found wrong with the input.
func (a *Authorizer) Decide(ctx context.Context, operation string, input any) (context.Context, error) {
	rule, ok := a.rules[operation]
	if !ok {
		return nil, fmt.Errorf("authz: operation %s has no rule", operation)
	}
	who := principal.FromContext(ctx)
	c := call{a: a, rule: rule, input: input, maker: who, caller: who, mode: a.Mode()}
	return c.authorize(ctx)
}

// Authorize is Decide for those who do not go on to perform the operation.
func (a *Authorizer) Authorize(ctx context.Context, operation string, input any) error {
	_, err := a.Decide(ctx, operation, input)
	return err
}

// Query is what the rules look at for a caller.
func (a *Authorizer) Query(tx persistence.Tx, caller *principal.Caller) *Query {
	return &Query{Tx: tx, Caller: caller, Partition: a.options.Partition}
}

// now is the time at which a request is decided.
func (a *Authorizer) now(r *principal.Request) time.Time {
	if r.Time.IsZero() {
		return a.options.Now()
	}
	return r.Time
}
