package iam

import (
	"slices"

	"github.com/understudy-iam/understudy/authz"
	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/federation/saml"
	"github.com/understudy-iam/understudy/persistence"
)

// The condition keys for calls that configure trusted identity propagation. The API
// reference names them. We found no documentation of the values that each request has.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html

// configuresPropagation are the actions that change the context provider of a provider
// that exists. They have the condition keys of the resource too.
var configuresPropagation = map[string]bool{"iam:UpdateOpenIDConnectProvider": true, "iam:UpdateSAMLProvider": true}

// propagationKeys returns the keys that say whether a request sets or removes a context provider. A
// request that does neither has no such key (not confirmed).
func propagationKeys(set *next.ContextProvider, remove bool) []authz.Key {
	return enablingKeys("iam:EnableIdentityPropagation", set != nil, remove)
}

// associationKeys returns the same for the association with an instance of IAM Identity
// Center.
func associationKeys(instance *string, remove bool) []authz.Key {
	keys := enablingKeys("iam:EnableIdentityCenterAssociation", instance != nil, remove)
	if instance != nil {
		keys = append(keys, authz.String("iam:RequestIdentityCenterInstanceArn", *instance))
	}
	return keys
}

func enablingKeys(name string, set, remove bool) []authz.Key {
	switch {
	case set:
		return []authz.Key{authz.String(name, "true")}
	case remove:
		return []authz.Key{authz.String(name, "false")}
	}
	return nil
}

// issuerKeys returns the keys of a provider that exists: its issuer, as tokens and
// assertions name it.
func issuerKeys(issuer string) []authz.Key {
	return []authz.Key{authz.Strings("iam:ResourceIdentityProviderIssuers", issuer)}
}

func oidcResourceKeys(p *persistence.OIDCProvider) []authz.Key {
	keys := issuerKeys("https://" + p.URL)
	if p.IdentityCenterInstance != "" {
		keys = append(keys, authz.String("iam:ResourceIdentityCenterInstanceArn", p.IdentityCenterInstance))
	}
	return keys
}

func samlResourceKeys(p *persistence.SAMLProvider) []authz.Key {
	m, err := saml.ParseMetadata(p.Metadata)
	if err != nil {
		return nil
	}
	return issuerKeys(m.EntityID)
}

// withKeys adds keys to each of the needs: the permission to tag what is being made is
// decided with the same keys as the permission to make it.
func withKeys(needs []authz.Need, keys []authz.Key) []authz.Need {
	for i := range needs {
		needs[i].Keys = slices.Concat(needs[i].Keys, keys)
	}
	return needs
}
