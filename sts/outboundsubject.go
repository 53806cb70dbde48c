package sts

import (
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"

	next "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/principal"
)

// originMode is the subject mode of a token about who is behind the session.
const originMode = next.WebIdentityTokenSubjectModeTypeOriginIdentity

// subjectMode returns the mode of a request; it is also the value of the key sts:SubjectMode.
func subjectMode(in *next.GetWebIdentityTokenInput) next.WebIdentityTokenSubjectModeType {
	if in.SubjectMode == "" {
		return next.WebIdentityTokenSubjectModeTypeAwsIdentity
	}
	return in.SubjectMode
}

// checkSubject checks the members Scope and SubjectMode. The session must have a subject, its
// issuer and its provider: without them there is nobody that the token could be about.
func checkSubject(c *principal.Caller, in *next.GetWebIdentityTokenInput) error {
	if err := checkScope(in); err != nil || subjectMode(in) != originMode {
		return err
	}
	if strings.TrimSpace(originKey(c, originSubject)) == "" || originKey(c, originIssuer) == "" && originKey(c, originProvider) == "" {
		return noOriginIdentity()
	}
	return nil
}

// originKey is a key of the calling session; empty if it does not have it.
func originKey(c *principal.Caller, name string) string {
	if c.Session == nil {
		return ""
	}
	return first(c.Session.Keys[name])
}

// checkScope checks the form of a scope, as in RFC 6749 and on AWS's page, and that the request can
// have one. https://www.rfc-editor.org/rfc/rfc6749#section-3.3
func checkScope(in *next.GetWebIdentityTokenInput) error {
	values := scopeValues(in)
	for i, v := range values {
		if v == "" || strings.ContainsFunc(v, notOfScope) {
			return invalidScope()
		}
		if slices.Contains(values[:i], v) {
			return repeatedScope()
		}
	}
	switch {
	case values == nil:
		return nil
	case subjectMode(in) != originMode:
		return scopeWithoutOrigin()
	case len(in.Audience) != 1:
		return scopeForSeveral()
	}
	return nil
}

// notOfScope reports whether the character is not allowed in a scope. Refusing commas is AWS's own
// rule.
func notOfScope(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`",\`, r) }

// scopeValues are the values of the scope; nil without one.
func scopeValues(in *next.GetWebIdentityTokenInput) []string {
	if in.Scope == nil {
		return nil
	}
	return strings.Split(aws.ToString(in.Scope), " ")
}

// subjectOf returns the subject of the token, and the mode as a claim, which only tokens about the
// origin identity have. A subject that looks like a principal of AWS, or is invisible, is refused.
func subjectOf(c *principal.Caller, in *next.GetWebIdentityTokenInput, who *identity) (subject, mode string, err error) {
	if subjectMode(in) != originMode {
		return who.arn, "", nil
	}
	subject = originKey(c, originSubject)
	if len(subject) >= 4 && strings.EqualFold(subject[:4], "arn:") || subject != strings.Trim(subject, " ") ||
		strings.ContainsFunc(subject, invisible) {
		return "", "", unfitSubject()
	}
	return subject, string(originMode), nil
}

// invisible reports whether a character is a control or format character, or a
// separator other than a space.
func invisible(r rune) bool { return r != ' ' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Z) }
