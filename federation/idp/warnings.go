package idp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/internal/shell"
	"github.com/understudy-iam/understudy/persistence"
)

// anyThumbprint is enough for a provider whose keys are not fetched.
const anyThumbprint = "0000000000000000000000000000000000000000"

// shared are the issuers that every account trusts without a provider.
var shared = []string{"accounts.google.com", "cognito-identity.amazonaws.com"}

// warnings says why AssumeRoleWithWebIdentity would refuse the token, as far as the token itself
// and the providers of the accounts show.
func (p *Provider) warnings(ctx context.Context, text string) ([]string, error) {
	one := func(format string, args ...any) ([]string, error) { return []string{fmt.Sprintf(format, args...)}, nil }
	if n := len(text); n > maxTokenSize {
		return one("The token has %d characters; AWS takes %d at most. Ask for fewer claims.", n, maxTokenSize)
	}
	t, err := oidc.Parse(text)
	if err != nil {
		return one("AWS refuses such a token: %v.", err)
	}
	url, ok := strings.CutPrefix(t.Issuer, "https://")
	switch {
	case slices.Contains(shared, url), strings.HasPrefix(t.Issuer, identityCenterIssuer):
		return nil, nil
	case !ok:
		return one("The issuer %q does not begin with https://; AWS has no provider for it.", t.Issuer)
	}
	audience := t.AuthorizedParty
	if audience == "" {
		if len(t.Audience) > 1 {
			return one("A token with several audiences needs the claim azp, which says which one counts.")
		}
		audience = t.Audience[0]
	}
	found, fits, err := p.providers(ctx, url, audience)
	switch {
	case err != nil, fits:
		return nil, err
	case found != "":
		return one("%s does not know the audience %s. To add it: aws iam add-client-id-to-open-id-connect-provider "+
			"--open-id-connect-provider-arn %s --client-id %s", found, audience, shell.Quote(found), shell.Quote(audience))
	}
	command := []string{"aws", "iam", "create-open-id-connect-provider", "--url", t.Issuer, "--client-id-list", audience}
	if t.Issuer != Issuer {
		command = append(command, "--thumbprint-list", anyThumbprint)
	}
	return one("No account has a provider for %s. To make one: %s", t.Issuer, shell.Command(command))
}

// providers finds a provider for the issuer in any account; a provider that knows the audience
// comes first.
func (p *Provider) providers(ctx context.Context, url, audience string) (found string, fits bool, err error) {
	err = p.options.Store.View(ctx, func(tx persistence.Tx) error {
		for account, err := range persistence.AllAccounts(tx) {
			if err != nil {
				return err
			}
			r, err := persistence.OIDCProviders.Get(tx, account, url)
			if errors.Is(err, persistence.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			found = p.options.Partition.IAM(account, "oidc-provider/"+r.URL)
			if slices.Contains(r.ClientIDs, audience) {
				fits = true
				return nil
			}
		}
		return nil
	})
	return found, fits, err
}
