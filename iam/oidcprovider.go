package iam

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	next "github.com/understudy-iam/understudy/awsapi/next/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const (
	oidcResource   = "oidc-provider/"
	maxThumbprints = 5
)

// CreateOpenIDConnectProvider makes an OpenID Connect provider for an issuer's URL. Its
// ARN is made from the URL.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
//
// The port :443 is dropped from the URL; case and a trailing slash are kept, and make a
// different provider. Repeated client IDs are dropped; thumbprints are put in lower case,
// and need be neither distinct nor hexadecimal (recorded). Without a thumbprint the
// provider gets the one that Options.Thumbprint finds.
func (s *Service) CreateOpenIDConnectProvider(ctx context.Context,
	in *next.CreateOpenIDConnectProviderInput) (*iam.CreateOpenIDConnectProviderOutput, error) {
	tags, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	issuer, err := issuerOf(aws.ToString(in.Url))
	if err != nil {
		return nil, err
	}
	if len(in.ThumbprintList) > maxThumbprints {
		return nil, tooManyThumbprints()
	}
	propagation, err := newContextProvider(in.ContextProvider)
	if err != nil {
		return nil, err
	}
	p := &persistence.OIDCProvider{
		URL: issuer, CreateDate: s.now(), ClientIDs: distinctTexts(in.ClientIDList), Thumbprints: lowerAll(in.ThumbprintList), Tags: tags,
		Context: propagation,
	}
	if len(p.Thumbprints) == 0 {
		sum, err := s.thumbprintOf(ctx, issuer)
		if err != nil {
			return nil, err
		}
		p.Thumbprints = []string{sum}
	}
	err = s.store.Update(ctx, func(tx persistence.Tx) error { return s.insertOIDCProvider(tx, account(ctx), p) })
	if err != nil {
		return nil, err
	}
	return &iam.CreateOpenIDConnectProviderOutput{
		OpenIDConnectProviderArn: aws.String(s.in(account(ctx)).IAM(oidcResource + issuer)), Tags: tagsOut(tags),
	}, nil
}

// issuerOf returns an issuer's URL as in the ARN of its provider: without https:// and
// without :443.
func issuerOf(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme == "", u.Host == "":
		return "", malformedProviderURL()
	case u.Scheme != "https":
		return "", insecureProviderURL()
	case u.User != nil, strings.ContainsAny(text, "?#"):
		return "", unusableProvider()
	}
	_, rest, _ := strings.Cut(text, "://")
	host, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	return strings.TrimSuffix(host, ":443") + path, nil
}

func distinctTexts(list []string) []string {
	out := []string{}
	for _, text := range list {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

func lowerAll(list []string) []string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = strings.ToLower(text)
	}
	return out
}

func (s *Service) insertOIDCProvider(tx persistence.Tx, account string, p *persistence.OIDCProvider) error {
	if err := orTaken(persistence.OIDCProviders.Absent(tx, account, p.URL), oidcProviderExists, "https://"+p.URL); err != nil {
		return err
	}
	if err := s.checkCount(tx, account, oidcProvidersQuota); err != nil {
		return err
	}
	if err := s.checkClientIDs(p); err != nil {
		return err
	}
	return persistence.OIDCProviders.Put(tx, account, p)
}

func (s *Service) checkClientIDs(p *persistence.OIDCProvider) error {
	if len(p.ClientIDs) > s.quotas.ClientIDsPerOIDCProvider {
		return overQuota("ClientIdsPerOpenIdConnectProvider", s.quotas.ClientIDsPerOIDCProvider)
	}
	return nil
}

// GetOpenIDConnectProvider describes a provider; its URL is without https://.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
func (s *Service) GetOpenIDConnectProvider(ctx context.Context,
	in *iam.GetOpenIDConnectProviderInput) (*next.GetOpenIDConnectProviderOutput, error) {
	out := &next.GetOpenIDConnectProviderOutput{}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		p, err := findOIDCProvider(tx, s.in(account(ctx)), aws.ToString(in.OpenIDConnectProviderArn))
		if err != nil {
			return err
		}
		*out = next.GetOpenIDConnectProviderOutput{
			Url: &p.URL, ClientIDList: listOut(p.ClientIDs), ThumbprintList: listOut(p.Thumbprints),
			CreateDate: &p.CreateDate, Tags: tagsAlwaysOut(sortedTags(p.Tags)),
			ContextProvider: contextProviderOut(p.Context), IdentityCenterInstanceArn: textOut(p.IdentityCenterInstance),
		}
		return nil
	})
	return answer(out, err)
}

// listOut is a list member of an answer, which is never left out.
func listOut(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// ListOpenIDConnectProviders lists the ARNs of the providers, by URL. It does
// not page.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html
func (s *Service) ListOpenIDConnectProviders(ctx context.Context,
	_ *iam.ListOpenIDConnectProvidersInput) (*iam.ListOpenIDConnectProvidersOutput, error) {
	out := &iam.ListOpenIDConnectProvidersOutput{OpenIDConnectProviderList: []types.OpenIDConnectProviderListEntry{}}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		for p, err := range persistence.OIDCProviders.Scan(tx, account(ctx), nil, nil) {
			if err != nil {
				return err
			}
			arn := s.in(account(ctx)).IAM(oidcResource + p.URL)
			out.OpenIDConnectProviderList = append(out.OpenIDConnectProviderList, types.OpenIDConnectProviderListEntry{Arn: &arn})
		}
		return nil
	})
	return answer(out, err)
}

// AddClientIDToOpenIDConnectProvider adds a client ID. It succeeds too if the provider
// has the ID already.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html
func (s *Service) AddClientIDToOpenIDConnectProvider(ctx context.Context,
	in *iam.AddClientIDToOpenIDConnectProviderInput) (*iam.AddClientIDToOpenIDConnectProviderOutput, error) {
	err := s.updateOIDCProvider(ctx, in.OpenIDConnectProviderArn, func(p *persistence.OIDCProvider) error {
		p.ClientIDs = distinctTexts(append(p.ClientIDs, aws.ToString(in.ClientID)))
		return s.checkClientIDs(p)
	})
	return answer(&iam.AddClientIDToOpenIDConnectProviderOutput{}, err)
}

// RemoveClientIDFromOpenIDConnectProvider removes a client ID. It succeeds too if the
// provider does not have the ID.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html
func (s *Service) RemoveClientIDFromOpenIDConnectProvider(ctx context.Context,
	in *iam.RemoveClientIDFromOpenIDConnectProviderInput) (*iam.RemoveClientIDFromOpenIDConnectProviderOutput, error) {
	err := s.updateOIDCProvider(ctx, in.OpenIDConnectProviderArn, func(p *persistence.OIDCProvider) error {
		p.ClientIDs = slices.DeleteFunc(p.ClientIDs, func(id string) bool { return id == aws.ToString(in.ClientID) })
		return nil
	})
	return answer(&iam.RemoveClientIDFromOpenIDConnectProviderOutput{}, err)
}

// UpdateOpenIDConnectProviderThumbprint replaces all thumbprints.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html
func (s *Service) UpdateOpenIDConnectProviderThumbprint(ctx context.Context,
	in *iam.UpdateOpenIDConnectProviderThumbprintInput) (*iam.UpdateOpenIDConnectProviderThumbprintOutput, error) {
	switch n := len(in.ThumbprintList); {
	case n == 0:
		return nil, noThumbprint()
	case n > maxThumbprints:
		return nil, tooManyThumbprints()
	}
	err := s.updateOIDCProvider(ctx, in.OpenIDConnectProviderArn, func(p *persistence.OIDCProvider) error {
		p.Thumbprints = lowerAll(in.ThumbprintList)
		return nil
	})
	return answer(&iam.UpdateOpenIDConnectProviderThumbprintOutput{}, err)
}

// UpdateOpenIDConnectProvider sets or removes the context provider, or the association
// with an instance of IAM Identity Center, but not both in one request.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProvider.html
//
// Only a provider with a context provider may have an association (not confirmed), and as
// long as it has one, its context provider cannot be removed. Removing what does not
// exist succeeds. Any instance may be named, since there is no IAM Identity Center here.
func (s *Service) UpdateOpenIDConnectProvider(ctx context.Context,
	in *next.UpdateOpenIDConnectProviderInput) (*next.UpdateOpenIDConnectProviderOutput, error) {
	if err := s.checkOIDCUpdate(in); err != nil {
		return nil, err
	}
	propagation, err := newContextProvider(in.ContextProvider)
	if err != nil {
		return nil, err
	}
	err = s.updateOIDCProvider(ctx, in.OpenIDConnectProviderArn, func(p *persistence.OIDCProvider) error {
		switch {
		case in.RemoveContextProvider && p.IdentityCenterInstance != "":
			return contextProviderInUse()
		case in.IdentityCenterInstanceArn != nil && p.Context == nil:
			return noContextProvider()
		case propagation != nil, in.RemoveContextProvider:
			p.Context = propagation
		default:
			p.IdentityCenterInstance = aws.ToString(in.IdentityCenterInstanceArn)
		}
		return nil
	})
	return answer(&next.UpdateOpenIDConnectProviderOutput{}, err)
}

// checkOIDCUpdate refuses a request that does not make exactly one change.
func (s *Service) checkOIDCUpdate(in *next.UpdateOpenIDConnectProviderInput) error {
	setContext, setInstance := in.ContextProvider != nil, in.IdentityCenterInstanceArn != nil
	ofContext, ofInstance := setContext || in.RemoveContextProvider, setInstance || in.RemoveIdentityCenterInstance
	switch {
	case setContext && in.RemoveContextProvider:
		return setAndRemoveContextProvider()
	case setInstance && in.RemoveIdentityCenterInstance:
		return setAndRemoveIdentityCenterInstance()
	case ofContext && ofInstance:
		return contextProviderAndInstance()
	case !ofContext && !ofInstance:
		return noOIDCUpdate()
	case setInstance && !isIdentityCenterInstance(s.partition, *in.IdentityCenterInstanceArn):
		return malformedIdentityCenterInstance(*in.IdentityCenterInstanceArn)
	}
	return nil
}

func (s *Service) updateOIDCProvider(ctx context.Context, arn *string, change func(*persistence.OIDCProvider) error) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		p, err := findOIDCProvider(tx, s.in(account(ctx)), aws.ToString(arn))
		if err != nil {
			return err
		}
		if err := change(p); err != nil {
			return err
		}
		return persistence.OIDCProviders.Put(tx, account(ctx), p)
	})
}

// DeleteOpenIDConnectProvider removes a provider with its context provider and
// its association. Roles that name it stay as they are.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html
//
// AWS's page calls it idempotent, but the answer for a provider that does not exist is
// NoSuchEntity (recorded).
func (s *Service) DeleteOpenIDConnectProvider(ctx context.Context,
	in *iam.DeleteOpenIDConnectProviderInput) (*iam.DeleteOpenIDConnectProviderOutput, error) {
	arn := aws.ToString(in.OpenIDConnectProviderArn)
	issuer, ok := resourceOf(s.in(account(ctx)), arn, oidcResource)
	if !ok {
		return nil, notProviderARN(arn, noSuchOIDCProviderToDelete)
	}
	err := s.store.Update(ctx, func(tx persistence.Tx) error {
		err := persistence.OIDCProviders.Delete(tx, account(ctx), issuer)
		if errors.Is(err, persistence.ErrNotFound) {
			return noSuchOIDCProviderToDelete(arn)
		}
		return err
	})
	return answer(&iam.DeleteOpenIDConnectProviderOutput{}, err)
}

func findOIDCProvider(tx persistence.Tx, account principal.Account, arn string) (*persistence.OIDCProvider, error) {
	issuer, ok := resourceOf(account, arn, oidcResource)
	if !ok {
		return nil, notProviderARN(arn, noSuchOIDCProvider)
	}
	p, err := persistence.OIDCProviders.Get(tx, account.ID, issuer)
	return found(p, err, noSuchOIDCProvider, arn)
}

// notProviderARN refuses an ARN that is not that of a provider of the account. A provider
// of another account counts as missing.
func notProviderARN(arn string, absent func(arn string) error) error {
	parts, ok := principal.ParseARN(arn)
	if kind, _, _ := strings.Cut(parts.Resource, "/"); ok && kind != "oidc-provider" && kind != "saml-provider" {
		return wrongKindOfARN(arn)
	}
	return absent(arn)
}

// resourceOf returns the part after kind of the ARN of an IAM resource of the account.
func resourceOf(account principal.Account, arn, kind string) (string, bool) {
	return strings.CutPrefix(arn, account.IAM(kind))
}

// oidcProviderRules are the permissions of the operations above.
func oidcProviderRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *next.CreateOpenIDConnectProviderInput) ([]authz.Need, error) {
			issuer, err := issuerOf(aws.ToString(in.Url))
			if err != nil {
				return nil, err
			}
			arn := q.Own().IAM(oidcResource + issuer)
			needs := createNeeds("iam:CreateOpenIDConnectProvider", "iam:TagOpenIDConnectProvider", arn, in.Tags, nil)
			return withKeys(needs, propagationKeys(in.ContextProvider, false)), nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetOpenIDConnectProviderInput) ([]authz.Need, error) {
			return oidcProviderNeeds(q, "iam:GetOpenIDConnectProvider", in.OpenIDConnectProviderArn)
		}),
		authz.For(func(q *authz.Query, _ *iam.ListOpenIDConnectProvidersInput) ([]authz.Need, error) {
			return []authz.Need{listNeed(q, "iam:ListOpenIDConnectProviders", "oidc-provider", nil)}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.AddClientIDToOpenIDConnectProviderInput) ([]authz.Need, error) {
			return oidcProviderNeeds(q, "iam:AddClientIDToOpenIDConnectProvider", in.OpenIDConnectProviderArn)
		}),
		authz.For(func(q *authz.Query, in *iam.RemoveClientIDFromOpenIDConnectProviderInput) ([]authz.Need, error) {
			return oidcProviderNeeds(q, "iam:RemoveClientIDFromOpenIDConnectProvider", in.OpenIDConnectProviderArn)
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateOpenIDConnectProviderThumbprintInput) ([]authz.Need, error) {
			return oidcProviderNeeds(q, "iam:UpdateOpenIDConnectProviderThumbprint", in.OpenIDConnectProviderArn)
		}),
		authz.For(func(q *authz.Query, in *next.UpdateOpenIDConnectProviderInput) ([]authz.Need, error) {
			needs, err := oidcProviderNeeds(q, "iam:UpdateOpenIDConnectProvider", in.OpenIDConnectProviderArn)
			needs = withKeys(needs, propagationKeys(in.ContextProvider, in.RemoveContextProvider))
			return withKeys(needs, associationKeys(in.IdentityCenterInstanceArn, in.RemoveIdentityCenterInstance)), err
		}),
		authz.For(func(q *authz.Query, in *iam.DeleteOpenIDConnectProviderInput) ([]authz.Need, error) {
			return oidcProviderNeeds(q, "iam:DeleteOpenIDConnectProvider", in.OpenIDConnectProviderArn)
		}),
	}
}

func oidcProviderNeeds(q *authz.Query, action string, arn *string) ([]authz.Need, error) {
	need, err := oidcProviderNeed(q, action, arn)
	return []authz.Need{need}, err
}

func oidcProviderNeed(q *authz.Query, action string, arn *string) (authz.Need, error) {
	return providerNeed(q, action, arn, func(need *authz.Need) error {
		issuer, _ := resourceOf(q.Own(), need.Resource, oidcResource)
		p, err := persistence.OIDCProviders.Get(q.Tx, q.Account(), issuer)
		if err != nil {
			return err
		}
		need.Tags = p.Tags
		if configuresPropagation[action] {
			need.Keys = oidcResourceKeys(p)
		}
		return nil
	})
}

// providerNeed asks for action on an identity provider, which another account
// may own; describe adds the tags and keys of a provider of the account itself.
func providerNeed(q *authz.Query, action string, arn *string, describe func(*authz.Need) error) (authz.Need, error) {
	need := authz.Need{Action: action, Resource: aws.ToString(arn)}
	parts, ok := principal.ParseARN(need.Resource)
	if !ok {
		return need, malformedARN(need.Resource)
	}
	if principal.ValidAccountID(parts.AccountID) && parts.AccountID != q.Account() {
		need.Owner = parts.AccountID
		return need, nil
	}
	if err := describe(&need); err != nil && !errors.Is(err, persistence.ErrNotFound) {
		return authz.Need{}, err
	}
	return need, nil
}
