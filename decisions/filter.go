package decisions

import (
	"strings"
	"time"

	"github.com/understudy-iam/understudy/authz"
)

// Filter says which decisions are wanted. The zero Filter admits all.
type Filter struct {
	// Principal is the caller's ARN, with "*" for any run of characters; a text
	// that is no ARN is the name of the user or role.
	Principal string

	// Action is an action that the call needed, or what it was, such as
	// "iam:CreateUser"; "*" is any run of characters, and case is ignored.
	Action string

	// Verdict is what became of the call: "allowed", "denied", "would-be-denied" or
	// "faulted".
	Verdict string

	// Since is the time of the oldest decision that is wanted.
	Since time.Time
}

// Admits reports whether the decision is wanted.
func (f *Filter) Admits(d *authz.Decision) bool {
	return f.admitsPrincipal(d) && f.admitsAction(d) &&
		(f.Verdict == "" || f.Verdict == d.Verdict.String()) &&
		(f.Since.IsZero() || !d.Caller.Request.Time.Before(f.Since))
}

func (f *Filter) admitsPrincipal(d *authz.Decision) bool {
	switch {
	case f.Principal == "":
		return true
	case strings.HasPrefix(f.Principal, "arn:") || strings.HasPrefix(f.Principal, "*"):
		return glob(f.Principal, d.Caller.ARN)
	}
	return glob(strings.ToLower(f.Principal), strings.ToLower(d.Caller.Name))
}

func (f *Filter) admitsAction(d *authz.Decision) bool {
	if f.Action == "" {
		return true
	}
	want := strings.ToLower(f.Action)
	if glob(want, strings.ToLower(d.Service+":"+d.Operation)) {
		return true
	}
	for i := range d.Checks {
		if glob(want, strings.ToLower(d.Checks[i].Need.Action)) {
			return true
		}
	}
	return false
}

// glob reports whether s fits the pattern, in which "*" stands for any run of
// characters.
func glob(pattern, s string) bool {
	head, rest, found := strings.Cut(pattern, "*")
	if !found {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, head)
	for ok {
		part, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(s, rest)
		}
		var i int
		if i = strings.Index(s, part); i < 0 {
			return false
		}
		s, rest = s[i+len(part):], after
	}
	return false
}
