package sts

import (
	"cmp"
	"crypto/sha256"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/federation/saml"
)

// redeemWithin is how long an assertion can be used after it was issued (quoted from live answers).
const redeemWithin = 5 * time.Minute

// clockSkew is how far the clock of a provider may be ahead where NotBefore
// counts.
const clockSkew = 5 * time.Minute

// checkAssertion checks the dates of an assertion and, in strict mode, what AWS does not check.
func (s *Service) checkAssertion(id *samlIdentity, now time.Time) error {
	a := id.assertion
	if now.After(a.IssuedAt.Add(redeemWithin)) {
		return unproved(redeemedLate(), "The assertion was made too long ago, by the server's clock.").
			compare("IssueInstant of the assertion", "at "+stamp(now.Add(-redeemWithin))+" or later", stamp(a.IssuedAt)).
			check("An assertion is accepted for 5 minutes: sign in again. understudy clock shows the server's time, which may " +
				"have been moved.")
	}
	for _, end := range []time.Time{a.SubjectExpiry, a.Expiry, a.SessionExpiry} {
		if !end.IsZero() && !now.Before(end.Truncate(time.Second)) {
			return unproved(expiredResponse(), "The assertion has expired by the server's clock.").
				compare("NotOnOrAfter of the assertion", "after "+stamp(now), stamp(end)).
				check("Sign in again. understudy clock shows the server's time, which may have been moved.")
		}
	}
	if s.usedAssertions == nil {
		return nil
	}
	switch {
	case now.Before(a.NotBefore.Add(-clockSkew)):
		return unproved(earlyResponse(), "The assertion is not valid yet by the server's clock.").
			compare("NotBefore of the assertion", "before "+stamp(now.Add(clockSkew)), stamp(a.NotBefore)).
			check("AWS does not look at NotBefore; serve --saml=strict does.")
	case a.ResponseIssuer != "" && a.ResponseIssuer != a.Issuer:
		return unproved(s.samlError(saml.ErrIssuer), "The issuer of the response is not that of the assertion in it.").
			compare("Issuer of the response", a.Issuer, a.ResponseIssuer).
			check("AWS does not look at the issuer of the response; serve --saml=strict does.")
	case !id.forAWS():
		return unproved(wrongSAMLAudience(), "The assertion is not for AWS.").
			compare("audiences of the assertion", id.partition.SAMLAudience()+", or where browsers post it",
				cmp.Or(strings.Join(slices.Concat(a.Audiences...), ", "), "nothing")).
			compare("Recipient of the assertion", "https://"+id.partition.SignIn()+"/saml", cmp.Or(a.Recipient, "nothing")).
			check("AWS does not look at audiences; serve --saml=strict does.")
	}
	return nil
}

// signIn is where browsers post assertions: of a region or everywhere, for any
// provider or the one of the ID.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html#saml_subject-name-id
var signIn = regexp.MustCompile(`^https://(?:[a-z0-9-]+\.)?(signin\.[a-z.-]+)(?:/static)?/saml(?:/acs/([A-Z0-9]+))?$`)

// forAWS reports whether the assertion is for AWS: its recipient and one audience
// of each restriction, of which there must be one.
func (id *samlIdentity) forAWS() bool {
	if !id.receives(id.assertion.Recipient) || len(id.assertion.Audiences) == 0 {
		return false
	}
	for _, restriction := range id.assertion.Audiences {
		if !slices.ContainsFunc(restriction, func(a string) bool { return a == id.partition.SAMLAudience() || id.receives(a) }) {
			return false
		}
	}
	return true
}

// receives reports whether an address is AWS's, for this provider.
func (id *samlIdentity) receives(address string) bool {
	m := signIn.FindStringSubmatch(address)
	return m != nil && m[1] == id.partition.SignIn() && (m[2] == "" && !id.provider.EncryptionRequired || m[2] == id.provider.UUID)
}

// usedAssertions remembers the assertions that were used. Those that have expired are remembered
// too, since the clock can be moved back, unless there are too many. It is in memory: after a
// restart, or in another process on the same store, they are unknown.
type usedAssertions struct {
	mu    sync.Mutex
	until map[[sha256.Size]byte]time.Time // expiry, by a hash of provider and ID
}

// manyAssertions is the number from which expired assertions are forgotten.
const manyAssertions = 1 << 14

// useOnce marks an assertion as used, in strict mode. Call undo if the call fails.
func (s *Service) useOnce(id *samlIdentity, now time.Time) (undo func(), err error) {
	if s.usedAssertions == nil {
		return func() {}, nil
	}
	return s.usedAssertions.add(sha256.Sum256([]byte(id.arn()+" "+id.assertion.ID)), id.assertion.SubjectExpiry, now)
}

func (u *usedAssertions) add(key [sha256.Size]byte, until, now time.Time) (undo func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, used := u.until[key]; used {
		return nil, unproved(usedResponse(), "The assertion was already used.").
			compare("uses of the assertion", "one", "another one").
			check("Sign in again. AWS lets an assertion be used again; serve --saml=strict does not.")
	}
	if len(u.until) >= manyAssertions {
		maps.DeleteFunc(u.until, func(_ [sha256.Size]byte, end time.Time) bool { return !now.Before(end) })
	}
	u.until[key] = until
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.until, key)
	}, nil
}
