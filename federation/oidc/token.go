// Package oidc verifies the ID tokens of OpenID Connect issuers: JSON web tokens in compact form,
// signed with RSA or ECDSA. It finds the issuers' keys by discovery, or is given the keys of
// issuers that cannot be reached.
//
// It guarantees that claims are read from the JSON that was signed and from nothing else: Verify
// checks the bytes that were parsed. It accepts the keys, dates and claims that AWS STS was seen to
// accept.
//
// # Caveats
//
// The caller decides whether an issuer is trusted, and whom a token is about. Tokens are not
// remembered: one may be used again until it expires.
package oidc

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Tolerance is how far clocks may differ: dates of tokens are taken up to this
// much too late or too early (recorded of AWS).
const Tolerance = 5 * time.Minute

// algorithms are the algorithms that AWS accepts (recorded).
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512,
}

var (
	// ErrMalformed is returned for a string that is not a signed JSON web token.
	ErrMalformed = errors.New("oidc: not a signed JSON web token")

	// ErrUnverified is returned for a token that no key of the issuer verifies,
	// that is not valid yet, or whose claims have the wrong type.
	ErrUnverified = errors.New("oidc: the token cannot be verified")
)

// MissingClaimError is returned for a token that lacks a required claim.
type MissingClaimError struct{ Claim string }

func (e *MissingClaimError) Error() string { return "oidc: the token has no claim " + e.Claim }

// ExpiredError is returned for a token that has expired, tolerance included.
type ExpiredError struct{ Now, Expiry time.Time }

func (e *ExpiredError) Error() string { return "oidc: the token expired at " + e.Expiry.String() }

// Token is a token whose form has been checked.
type Token struct {
	Issuer          string
	Subject         string // a number becomes a string (recorded)
	Audience        []string
	AuthorizedParty string // azp, or empty
	KeyID           string // of the header, or empty

	expiry, issued, notBefore time.Time
	claims                    map[string]json.RawMessage
	signed                    *jose.JSONWebSignature
}

// Parse reads a token without verifying it. The error is ErrMalformed,
// ErrUnverified or a *MissingClaimError.
func Parse(text string) (*Token, error) {
	signed, err := jose.ParseSignedCompact(text, algorithms)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	t := &Token{signed: signed, KeyID: signed.Signatures[0].Header.KeyID}
	if err := json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &t.claims); err != nil || t.claims == nil {
		return nil, fmt.Errorf("%w: its payload is not an object", ErrMalformed)
	}
	for _, name := range []string{"iss", "sub", "aud", "iat", "exp"} {
		if raw, ok := t.claims[name]; !ok || string(raw) == "null" {
			return nil, &MissingClaimError{name}
		}
	}
	return t, t.read()
}

// read reads the claims that every token has.
func (t *Token) read() error {
	ok := make([]bool, 0, 7)
	note := func(is bool) { ok = append(ok, is) }
	var is bool
	t.Issuer, is = t.Text("iss")
	note(is)
	t.Subject, is = t.subject()
	note(is)
	t.Audience, is = t.Texts("aud")
	note(is && len(t.Audience) > 0)
	if _, has := t.claims["azp"]; has {
		t.AuthorizedParty, is = t.Text("azp")
		note(is)
	}
	for name, into := range map[string]*time.Time{"exp": &t.expiry, "iat": &t.issued, "nbf": &t.notBefore} {
		if _, has := t.claims[name]; has {
			*into, is = t.date(name)
			note(is)
		}
	}
	for _, is := range ok {
		if !is {
			return fmt.Errorf("%w: a claim has the wrong type", ErrUnverified)
		}
	}
	return nil
}

func (t *Token) subject() (string, bool) {
	if s, ok := t.Text("sub"); ok {
		return s, true
	}
	var n json.Number
	err := json.Unmarshal(t.claims["sub"], &n)
	return n.String(), err == nil
}

// date reads whole seconds since 1970, as a number or a string of digits; fractions are refused
// (recorded).
func (t *Token) date(name string) (time.Time, bool) {
	text, ok := t.Text(name)
	if !ok {
		text = string(t.claims[name])
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(seconds, 0), err == nil
}

// From returns the time from which the token is valid, as the token says.
func (t *Token) From() time.Time {
	if t.notBefore.After(t.issued) {
		return t.notBefore
	}
	return t.issued
}

// Until returns the time at which the token expires.
func (t *Token) Until() time.Time { return t.expiry }

// Text returns a claim that is a string; false if it is missing or has another type.
func (t *Token) Text(name string) (string, bool) {
	raw, ok := t.claims[name]
	if !ok || !strings.HasPrefix(string(raw), `"`) {
		return "", false
	}
	var s string
	return s, json.Unmarshal(raw, &s) == nil
}

// Texts returns a claim that is a list of strings, or a single string.
func (t *Token) Texts(name string) ([]string, bool) {
	if s, ok := t.Text(name); ok {
		return []string{s}, true
	}
	var list []*string
	if raw, ok := t.claims[name]; !ok || json.Unmarshal(raw, &list) != nil || list == nil {
		return nil, false
	}
	out := make([]string, len(list))
	for i, s := range list {
		if s == nil {
			return nil, false
		}
		out[i] = *s
	}
	return out, true
}

// Scalar returns a claim that is a string, a number or a boolean, as a string.
func (t *Token) Scalar(name string) (string, bool) {
	if s, ok := t.Text(name); ok {
		return s, true
	}
	var number json.Number
	var boolean bool
	switch raw, ok := t.claims[name]; {
	case !ok || string(raw) == "null":
		return "", false
	case json.Unmarshal(raw, &boolean) == nil:
		return strconv.FormatBool(boolean), true
	case json.Unmarshal(raw, &number) == nil:
		return number.String(), true
	}
	return "", false
}

// Has reports whether the token has the claim and its value is not null.
func (t *Token) Has(name string) bool {
	raw, ok := t.claims[name]
	return ok && string(raw) != "null"
}

// Decode reads a claim into v as JSON; a claim that is missing leaves v alone.
func (t *Token) Decode(name string, v any) error {
	if !t.Has(name) {
		return nil
	}
	if err := json.Unmarshal(t.claims[name], v); err != nil {
		return fmt.Errorf("%w: claim %s: %v", ErrUnverified, name, err)
	}
	return nil
}

// Names returns the names of all claims, in no order.
func (t *Token) Names() []string {
	names := make([]string, 0, len(t.claims))
	for name := range t.claims {
		names = append(names, name)
	}
	return names
}

// Verify proves the signature with a key of the issuer, and then the dates. The
// error is ErrUnverified or an *ExpiredError.
func (t *Token) Verify(keys *Keys, now time.Time) error {
	key := keys.find(t.KeyID)
	if key == nil || key.rsa() && keys.tooManyRSA() {
		return fmt.Errorf("%w: the issuer has no key %q", ErrUnverified, t.KeyID)
	}
	if _, err := t.signed.Verify(key.public); err != nil {
		return fmt.Errorf("%w: %v", ErrUnverified, err)
	}
	switch {
	case !now.Before(t.expiry.Add(Tolerance)):
		return &ExpiredError{Now: now, Expiry: t.expiry}
	case now.Before(t.issued.Add(-Tolerance)), now.Before(t.notBefore.Add(-Tolerance)):
		return fmt.Errorf("%w: it is not valid yet", ErrUnverified)
	}
	return nil
}
