package sts

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/principal"
)

// identityCenter is the only provider of contexts that AWS documents. The issuer of its assertions begins with
// identityCenterIssuer.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/trustedidentitypropagation-identity-enhanced-iam-role-sessions.html
const (
	identityCenter       = "contextProvider/IdentityCenter" // of AWS's account
	identityCenterIssuer = "https://identitycenter.amazonaws.com/"
)

// contextKeys are the condition keys that IAM Identity Center puts into a
// session; assertions have them as claims, the first one always.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/condition-context-keys-sts-idc.html
var contextKeys = []string{
	authz.ContextUserKey, "identitystore:IdentityStoreArn", "identitycenter:ApplicationArn", "identitycenter:CredentialId",
	"identitycenter:InstanceArn",
}

// providedContext is what a provider says about the person whom a session is for.
type providedContext struct {
	provider  string // ARN
	assertion *oidc.Token
	keys      map[string][]string // contextKeys
}

// providedContexts reads the contexts of a request without verifying them. AWS's assertions are
// encrypted; those of the local identity provider are JSON web tokens. A session has only one
// identity, so there can be only one assertion.
func providedContexts(partition principal.Partition, list []types.ProvidedContext) (*providedContext, error) {
	if len(list) == 0 {
		return nil, nil
	}
	if len(list) > 1 {
		return nil, severalContexts()
	}
	provider := aws.ToString(list[0].ProviderArn)
	if center := partition.IAM(principal.AWSAccount, identityCenter); provider != center {
		return nil, unproved(unprovedContext(), "Only one provider of contexts is accepted.").
			compare("ProviderArn of the context", center, provider)
	}
	t, err := oidc.Parse(aws.ToString(list[0].ContextAssertion))
	if err != nil {
		return nil, unproved(unprovedContext(), "The context assertion is not a signed JSON web token.").
			compare("the assertion", "a whole assertion of IAM Identity Center", cause(err, oidc.ErrMalformed)).
			check("With serve --idp, understudy token identity-center --user-id ID makes one.")
	}
	if !strings.HasPrefix(t.Issuer, identityCenterIssuer) {
		return nil, unproved(unprovedContext(), "The context assertion is not from IAM Identity Center.").
			compare("issuer of the assertion (claim iss)", "one that begins with "+identityCenterIssuer, t.Issuer)
	}
	p := &providedContext{provider: provider, assertion: t, keys: map[string][]string{}}
	for _, name := range contextKeys {
		if value, ok := t.Text(name); ok {
			p.keys[name] = []string{value}
		} else if t.Has(name) || name == authz.ContextUserKey {
			return nil, unproved(unprovedContext(), "The context assertion does not say who it is about.").
				compare("claim "+name, "a string", "none, or another type")
		}
	}
	return p, nil
}

// requestKeys are the condition keys of the request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-sts
func (p *providedContext) requestKeys() []authz.Key {
	if p == nil {
		return nil
	}
	keys := []authz.Key{authz.Strings("sts:RequestContextProviders", p.provider)}
	for _, name := range slices.Sorted(maps.Keys(p.keys)) {
		keys = append(keys, authz.String("sts:RequestContext/"+name, p.keys[name][0]))
	}
	return keys
}

// proveContext verifies the assertion, once the call is allowed.
func (s *Service) proveContext(ctx context.Context, p *providedContext) error {
	if p == nil {
		return nil
	}
	t := p.assertion
	if s.contexts == nil {
		return noKey(unprovedContext(), t, errNoKeys)
	}
	keys, err := s.contexts(ctx, p.assertion.KeyID)
	if err != nil {
		return err
	}
	if keys == nil {
		return noKey(unprovedContext(), t, nil)
	}
	now := s.now(caller(ctx))
	err = t.Verify(keys, now)
	var expired *oidc.ExpiredError
	switch {
	case errors.As(err, &expired):
		return unverified(expiredContext(), err, t, now)
	case err != nil:
		return unverified(unprovedContext(), err, t, now)
	}
	return nil
}

// enhance puts the context into a session.
func (t *token) enhance(p *providedContext) {
	if p == nil {
		return
	}
	all := maps.Clone(p.keys)
	maps.Copy(all, t.Keys)
	maps.Copy(all, p.keys)
	t.Keys = all
}
