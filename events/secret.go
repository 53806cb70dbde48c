package events

import (
	"reflect"
	"slices"
	"strings"
)

// Hidden is in a Record in place of a value that is secret.
const Hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"

// secrets are parts of the names of members that hold secrets: passwords, secret and
// private keys, tokens, assertions, one-time codes, and the seeds that these are made
// of.
var secrets = []string{
	"Password", "Secret", "PrivateKey", "Token", "Assertion", "Code", "Seed", "QRCode", "EncodedMessage", "DecodedMessage",
}

// open are members that have such a part in their names and hold no secret.
var open = []string{"RemovePrivateKey", "SubjectFromWebIdentityToken"}

// secret reports whether a member holds a secret. A member that nobody knows yet holds
// one if its name says so: what is new is hidden rather than shown.
func secret(member string, t reflect.Type) bool {
	if t != reflect.TypeFor[*string]() && t != reflect.TypeFor[[]byte]() || slices.Contains(open, member) {
		return false
	}
	return slices.ContainsFunc(secrets, func(part string) bool { return strings.Contains(member, part) })
}

// hidden is what stands in place of a secret. CloudTrail leaves secrets out, but for the
// session token of temporary credentials, which it shows; here that is hidden.
func (s side) hidden(member string, v reflect.Value) string {
	if s == answered && member == "SessionToken" && !v.IsZero() {
		return Hidden
	}
	return ""
}
