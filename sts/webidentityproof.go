package sts

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/internal/shell"
	"github.com/understudy-iam/understudy/persistence"
)

// badToken explains why a token cannot be read.
func badToken(err error) error {
	var missing *oidc.MissingClaimError
	switch known := tokenError(err); {
	case errors.As(err, &missing):
		return unproved(known, "The token lacks a claim that every ID token has.").
			compare("claims of the token", "iss, sub, aud, iat and exp", "no "+missing.Claim).
			check("Send the issuer's ID token, not its access token.")
	case errors.Is(err, oidc.ErrMalformed):
		return unproved(known, "The token is not a signed JSON web token.").
			compare("the token", "three parts with dots between them, signed with RS256, RS384, RS512, ES256, ES384 or ES512",
				cause(err, oidc.ErrMalformed)).
			check("Send the issuer's ID token, not its access token, which can have any form.").
			check("Check whether the token was cut off, or has a line break or quotation marks around it.")
	default:
		return unproved(known, "The token is not accepted.").
			compare("claims of the token", "each of the type that it has in ID tokens: strings, and times in whole seconds",
				cause(err, oidc.ErrUnverified))
	}
}

// unknownIssuer says which issuers the account knows.
func unknownIssuer(account, issuer string, known []string) error {
	return unproved(noOIDCProvider(issuer),
		"Account %s, in which the role is, has no OpenID Connect provider for the issuer of the token.", account).
		compare("issuer of the token (claim iss)", listed("https://", known), issuer).
		check("The URL of a provider must match the issuer exactly, path included: aws iam list-open-id-connect-providers shows them.").
		check("Make one: aws iam create-open-id-connect-provider --url %s --client-id-list AUDIENCE", shell.Quote(issuer))
}

// listed formats names for people, each with the given prefix.
func listed(prefix string, names []string) string {
	const most = 5
	if len(names) == 0 {
		return "none: there is no provider"
	}
	shown := make([]string, 0, most)
	for _, n := range names[:min(len(names), most)] {
		shown = append(shown, prefix+n)
	}
	text := strings.Join(shown, " or ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" or one of %d more", more)
	}
	return text
}

// noKey explains why there is no key to verify a token with; why is nil if the issuer has keys but
// not this one.
func noKey(err error, t *oidc.Token, why error) error {
	got := "the issuer has only other keys"
	if why != nil {
		got = why.Error()
	}
	return unproved(err, "The key that signed the token could not be fetched from its issuer.").
		compare("key of the issuer "+t.Issuer, fmt.Sprintf("a key with the ID %q", t.KeyID), got).
		check("A real issuer is asked over HTTPS: check whether the server can reach %s/.well-known/openid-configuration.",
			strings.TrimSuffix(t.Issuer, "/")).
		check("Or give the server the keys: serve --oidc-keys ISSUER=FILE. For tests, serve --idp signs tokens of any issuer: understudy token.")
}

// unverified explains why a token that can be read is not verified; known is AWS's error.
func unverified(known, err error, t *oidc.Token, now time.Time) error {
	from, until := t.From(), t.Until()
	var expired *oidc.ExpiredError
	switch {
	case errors.As(err, &expired):
		return unproved(known, "The token has expired by the server's clock.").
			compare("expiry of the token (claim exp)", "after "+stamp(now.Add(-oidc.Tolerance)), stamp(until)).
			check("Get a new token. understudy clock shows the server's time, which may have been moved.")
	case now.Before(from.Add(-oidc.Tolerance)):
		return unproved(known, "The token is not valid yet by the server's clock.").
			compare("time from which the token is valid (claims iat and nbf)", "before "+stamp(now.Add(oidc.Tolerance)), stamp(from)).
			check("Compare the clocks of the issuer and of the server. understudy clock shows the server's time, which may have been moved.")
	default:
		return unproved(known, "The signature of the token is not that of the issuer's key.").
			compare("signature of the token", fmt.Sprintf("one made with key %q of %s", t.KeyID, t.Issuer), "another one").
			check("Check whether the token was changed or cut off after it was signed.").
			check("A local provider (serve --idp) has keys of its own: a token from another server is not accepted here.")
	}
}

// providerURLs are the URLs of the account's OpenID Connect providers.
func providerURLs(tx persistence.Tx, account string) (urls []string, err error) {
	for p, err := range persistence.OIDCProviders.Scan(tx, account, nil, nil) {
		if err != nil {
			return nil, err
		}
		urls = append(urls, p.URL)
	}
	return urls, nil
}
