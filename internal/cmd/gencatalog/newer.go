package main

import (
	"fmt"
	"slices"
)

// newer holds what AWS has had since November 2026 and the pinned release lacks.
// The access levels are those of similar actions.
var newer = struct {
	globals []key
	actions map[string][]action // by the prefix of the service, as the keys
	keys    map[string][]key
	also    map[string][]string // condition keys of existing actions
}{
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_OriginIdentity.html
	globals: []key{
		{"aws:IdentityCenterInstanceArn", "ARN"},
		{"aws:IdentityStoreArn", "ARN"},
		{"aws:OriginIdentity/FederatedProviderArn", "ARN"},
		{"aws:OriginIdentity/Issuer", "String"},
		{"aws:OriginIdentity/Subject", "String"},
		{"aws:OriginIdentity/SubjectType", "String"},
		{"aws:TransactionContext/IdentityProvider/${ContextKey}", "String"},
	},
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
	// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
	actions: map[string][]action{"sts": {
		{Name: "GetScopedCredentials", AccessLevel: "Write"},
		{Name: "SetWebIdentityTokenScope", AccessLevel: "Write", ConditionKeys: []string{"sts:IdentityTokenScope", "sts:SubjectMode"}},
	}},
	keys: map[string][]key{"sts": {{"sts:IdentityTokenScope", "ArrayOfString"}, {"sts:SubjectMode", "String"}}},
	also: map[string][]string{"sts:GetWebIdentityToken": {"sts:IdentityTokenScope", "sts:SubjectMode"}},
}

// addNewer adds newer to the data. It is an error if the release already has a part
// of it.
func (d *data) addNewer() error {
	for _, k := range newer.globals {
		if slices.Contains(d.globals, k) {
			return fmt.Errorf("the release has %s: drop it from the newer keys", k.Key)
		}
	}
	d.globals = append(d.globals, newer.globals...)
	slices.SortFunc(d.globals, byKey)
	for i := range d.services {
		if err := d.services[i].addNewer(); err != nil {
			return err
		}
	}
	return nil
}

func byKey(a, b key) int { return compareFold(a.Key, b.Key) }

func (s *service) addNewer() error {
	for _, n := range newer.actions[s.prefix] {
		if slices.ContainsFunc(s.actions, func(a action) bool { return a.Name == n.Name }) {
			return fmt.Errorf("the release has %s:%s: drop it from the newer actions", s.prefix, n.Name)
		}
		s.actions = append(s.actions, n)
	}
	for i := range s.actions {
		a := &s.actions[i]
		a.ConditionKeys = append(a.ConditionKeys, newer.also[s.prefix+":"+a.Name]...)
	}
	for _, n := range newer.keys[s.prefix] {
		if slices.ContainsFunc(s.keys, func(k key) bool { return k.Key == n.Key }) {
			return fmt.Errorf("the release has %s: drop it from the newer keys", n.Key)
		}
		s.keys = append(s.keys, n)
	}
	slices.SortFunc(s.actions, func(a, b action) int { return compareFold(a.Name, b.Name) })
	slices.SortFunc(s.keys, byKey)
	return nil
}
