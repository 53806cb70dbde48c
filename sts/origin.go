package sts

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/persistence"
)

// The condition keys of trusted identity propagation: the person behind a session, as the context
// provider of an identity provider reads it from the token or assertion, and other claims. A caller
// cannot set them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_tip_federation_context_keys.html
const (
	originPrefix      = "aws:OriginIdentity/"
	originSubject     = originPrefix + "Subject"
	originSubjectType = originPrefix + "SubjectType"
	originIssuer      = originPrefix + "Issuer"
	originProvider    = originPrefix + "FederatedProviderArn"

	transactionPrefix = "aws:TransactionContext/IdentityProvider/"

	// centerInstance is the key of a provider that is associated with an instance
	// of IAM Identity Center. Only that instance knows the value of aws:IdentityStoreArn.
	centerInstance = "aws:IdentityCenterInstanceArn"
)

// maxTransactionValue is the maximum length of the value of a transaction key, in characters.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_TransactionContext.html
const maxTransactionValue = 128

// origin is the claims or attributes that a context provider reads.
type origin struct {
	provider string // its ARN
	issuer   string
	instance string // of IAM Identity Center; empty for none

	// said returns the claim or attribute of the name, if it is a single string.
	said func(name string) (string, bool)
}

// keys returns the condition keys of a session that is made through the provider; none without a
// context provider. The subject must be there; a subject type or another claim that is not there
// sets no key. It is our choice to refuse a value that is too long, and not to leave it out or
// shorten it: a policy could test the key with Null.
func (o *origin) keys(p *persistence.ContextProvider) (map[string][]string, error) {
	if p == nil {
		return nil, nil
	}
	subject, ok := o.said(p.SubjectSourceKey)
	if !ok || strings.TrimSpace(subject) == "" {
		return nil, missingClaim(p.SubjectSourceKey)
	}
	keys := map[string][]string{originSubject: {subject}, originIssuer: {o.issuer}, originProvider: {o.provider}}
	if kind, ok := o.said(p.SubjectTypeSourceKey); ok {
		keys[originSubjectType] = []string{kind}
	} else if p.SubjectTypeValue != "" {
		keys[originSubjectType] = []string{p.SubjectTypeValue}
	}
	if o.instance != "" {
		keys[centerInstance] = []string{o.instance}
	}
	for _, d := range p.KeyDefinitions {
		value, ok := o.said(d.SourceKey)
		if !ok {
			continue
		}
		if len([]rune(value)) > maxTransactionValue {
			return nil, longClaim(d.SourceKey)
		}
		keys[transactionKey(d)] = []string{value}
	}
	return keys, nil
}

// transactionKey is the key that a definition sets. The target may be a whole key
// or the end of one: the reference calls it "the trusted context key".
func transactionKey(d persistence.ContextKeyDefinition) string {
	name := d.TargetKey
	if name == "" {
		name = d.SourceKey
	}
	if n := len(transactionPrefix); len(name) > n && strings.EqualFold(name[:n], transactionPrefix) {
		name = name[n:]
	}
	return transactionPrefix + name
}

// keysOf returns condition keys in the form that a call has, in order.
func keysOf(values map[string][]string) []authz.Key {
	var list []authz.Key
	for name, v := range values {
		list = append(list, authz.Key{Name: name, Values: v})
	}
	slices.SortFunc(list, func(a, b authz.Key) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// propagation is the part of an answer that shows such keys; nil if there are none. The key of IAM
// Identity Center is not shown.
func propagation(keys map[string][]string) *next.TrustedIdentityPropagationContext {
	if len(keys) == 0 {
		return nil
	}
	text := func(name string) *string {
		if v := keys[name]; len(v) > 0 {
			return &v[0]
		}
		return nil
	}
	out := &next.TrustedIdentityPropagationContext{OriginIdentity: &next.OriginIdentity{
		Subject: text(originSubject), SubjectType: text(originSubjectType), Issuer: text(originIssuer),
		FederatedProviderArn: text(originProvider),
	}}
	said := map[string]string{}
	for name, v := range keys {
		if key, ok := strings.CutPrefix(name, transactionPrefix); ok {
			said[key] = v[0]
		}
	}
	if len(said) > 0 {
		out.TransactionContext = &next.TransactionContext{IdentityProvider: said}
	}
	return out
}
