package authz

import (
	"context"
	"reflect"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Unsigned makes the rule of an operation that is not signed and proves its caller by a
// token in its input. Decide lets the call pass; the operation calls Federate after it has
// verified the token, before it answers anything.
func Unsigned[In any]() Rule {
	r := For(func(*Query, *In) ([]Need, error) { return nil, nil })
	r.unsigned = true
	return r
}

// Federation is a call that an identity provider vouches for. Nobody signed it, so only
// the role's trust policy and the resource control policies of the role's account decide
// it.
type Federation struct {
	Caller *principal.Caller // only the facts of its request count
	Input  any               // a pointer to the SDK's input type
	Kind   evaluator.PrincipalKind

	// Provider is the name in trust policies: the ARN of a provider, the domain of a
	// provider that every account has, or, for the kind Service, the service itself.
	Provider string

	// Account is the account of the provider; empty if it is in none.
	Account string

	// Needs returns the permissions that the call needs in the state that tx shows. Its
	// error, for a provider that no longer exists, is answered unchanged.
	Needs func(tx persistence.Tx) ([]Need, error)
}

// Federate decides such a call, as Decide decides signed ones, and returns the
// context for the call's transactions or the error to answer. AWS's denial names
// the operation alone, whichever permission is missing.
func (a *Authorizer) Federate(ctx context.Context, f *Federation) (context.Context, error) {
	operation := strings.TrimSuffix(reflect.TypeOf(f.Input).Elem().Name(), "Input")
	c := call{
		a: a, rule: Rule{Service: "sts", Operation: operation}, input: f.Input, mode: a.Mode(), federation: f, maker: f.Caller,
		caller: &principal.Caller{Principal: principal.Principal{Kind: principal.Anonymous, ARN: f.Provider, Name: f.Provider},
			Request: f.Caller.Request},
	}
	return c.begin(ctx)
}

// federated returns the caller as the evaluator sees it.
func (f *Federation) federated() evaluator.Principal {
	if f.Kind == evaluator.Service {
		return evaluator.Principal{Kind: f.Kind, Service: f.Provider}
	}
	return evaluator.Principal{Kind: f.Kind, Federated: f.Provider}
}

// federationKeys sets the condition keys of the principal that the provider vouches for.
// It was recorded that the type is User, that the ID is the provider's ARN, and that there
// is no aws:PrincipalArn.
func federationKeys(ctx *evaluator.Context, f *Federation) {
	if f.Kind == evaluator.Service {
		serviceKeys(ctx, f.Provider)
		return
	}
	ctx.Set("aws:PrincipalType", principal.User.Type())
	ctx.Set("aws:userid", f.Provider)
	if f.Account != "" {
		ctx.Set("aws:PrincipalAccount", f.Account)
	}
}

// serviceKeys sets the condition keys of an AWS service that makes the call itself.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
func serviceKeys(ctx *evaluator.Context, service string) {
	ctx.Set("aws:PrincipalIsAWSService", "true")
	ctx.Set("aws:PrincipalServiceName", service)
	ctx.SetMulti("aws:PrincipalServiceNamesList", service)
}
