package lint

import (
	"errors"
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// refusing are the checks that find what AWS refuses to store. Many others of the type
// ERROR find what AWS stores, and what has no effect then.
var refusing = set(
	ARNRegionNotAllowed, DataTypeMismatch, DuplicateMember, InvalidARNPrefix, InvalidARNResource, InvalidConditionOperator,
	InvalidEffect, InvalidPartition, InvalidPolicyElement, InvalidPrincipalFormat, InvalidPrincipalKey, InvalidVariableForOperator,
	InvalidVersion, JSONSyntaxError, MissingAction, MissingEffect, MissingPrincipal, MissingResource, MissingStatement,
	NullWithIfExists, RCPSyntaxErrorAction, RCPSyntaxErrorAllow, RCPSyntaxErrorNotAction, RCPSyntaxErrorPrincipal,
	RoleTrustPolicySyntaxErrorNotPrincipal, RoleTrustPolicySyntaxErrorResource, RoleTrustPolicyUnsupportedWildcardInPrincipal,
	SCPSyntaxErrorPrincipal, TypeMismatchDate, TypeMismatchIPRange, TypeMismatchNumber, TypeMismatchString, UniqueSidsRequired,
	UnsupportedElementCombination, UnsupportedPrincipal, UnsupportedSid, UnsupportedWildcardInPrincipal,
)

func set(codes ...Code) map[Code]bool {
	m := make(map[Code]bool)
	for _, c := range codes {
		m[c] = true
	}
	return m
}

// Refusal is what lint says of a document that AWS does not store as a policy of the kind,
// for the reason err: an error of Parse, Compile or Validate of package evaluator. NoKind
// lets the document be guessed, see Guess. It is false of any other error.
//
// It is the finding at the place that the error names, and a finding of the code Refused
// if no check knows the fault.
func Refusal(src string, kind evaluator.Kind, err error) (Finding, bool) {
	place, ok := evaluator.Locate(src, err)
	if !ok {
		return Finding{}, false
	}
	from := offset(src, place.At)
	found := refusedAt(place, from, err)
	best := len(src) + 1
	for _, f := range Lint(src, Options{Kind: kind}) {
		if far := f.distance(place, from, len(src)); refusing[f.Code] && far < best {
			found, best = f, far
		}
	}
	if found.Nearest == "" {
		found.Nearest = place.Nearest
	}
	return found, true
}

// distance tells how well the finding fits the place, in a document of n bytes: what has
// it fits, and the better the smaller it is. Of a statement it is said that it is at fault
// where AWS's error does not say which part. The finding does not fit if the answer is
// more than n.
func (f *Finding) distance(place evaluator.Place, from, n int) int {
	switch length := f.Span.To - f.Span.From; {
	case f.Span.From <= from && from <= f.Span.To, f.Path == place.Member:
		return min(length, n-1)
	case isStatement(place.Member) && strings.HasPrefix(f.Path, place.Member+"."):
		return n
	}
	return n + 1
}

// isStatement reports whether the path is that of a statement.
func isStatement(path string) bool {
	return strings.HasPrefix(path, "Statement") && !strings.Contains(path, ".")
}

// refusedAt is the finding of a fault that no check knows.
func refusedAt(place evaluator.Place, from int, err error) Finding {
	reason := place.Sentence
	var malformed *evaluator.MalformedError
	if reason == "" && errors.As(err, &malformed) {
		reason = malformed.Message
	}
	c := index[Refused]
	return Finding{
		Code: Refused, Type: c.Type, Message: c.fill([]string{reason}), Path: place.Member,
		Span: evaluator.Span{Start: place.At, End: place.At, From: from, To: from},
	}
}

// RefusedError is returned for a document that AWS would not store.
type RefusedError struct {
	Finding  Finding // whose span is that of Document
	Document string
}

// Error returns the place, the sentence and the code of the finding.
func (e *RefusedError) Error() string {
	at := e.Finding.Span.Start
	return fmt.Sprintf("line %d, column %d: %s (%s)", at.Line, at.Column, e.Finding.Sentence(), e.Finding.Code)
}

// Storable returns a *RefusedError if AWS would not store the document as a policy of the
// kind, white space before it aside: what only asks about a document takes it with that.
// NoKind lets the document be guessed. The policy of a resource may be the trust policy of
// a role.
func Storable(rules evaluator.Validation, src string, kind evaluator.Kind) error {
	document := strings.TrimLeft(src, " \t\r\n")
	if guess := Guess(document); kind == evaluator.NoKind || kind == evaluator.Resource && guess == evaluator.Trust {
		kind = guess
	}
	f, refused := Refusal(document, kind, rules.Validate(document, kind))
	if !refused {
		return nil
	}
	if f.Code == JSONSyntaxError { // its message has the place
		document = src
		f, _ = Refusal(src, kind, rules.Validate(src, kind))
	}
	f.follow(src[:len(src)-len(document)])
	return &RefusedError{f, src}
}

// follow makes the finding that of a longer document, which begins with some white space.
func (f *Finding) follow(before string) {
	if before == "" {
		return
	}
	f.Fix = nil
	f.Span.From, f.Span.To = f.Span.From+len(before), f.Span.To+len(before)
	end := evaluator.Position{Line: 1, Column: 1}
	for i, c := range before {
		if c == '\n' || c == '\r' && !strings.HasPrefix(before[i+1:], "\n") {
			end = evaluator.Position{Line: end.Line + 1, Column: 1}
		} else if c != '\r' {
			end.Column++
		}
	}
	for _, at := range []*evaluator.Position{&f.Span.Start, &f.Span.End} {
		if at.Line == 1 {
			at.Column += end.Column - 1
		}
		at.Line += end.Line - 1
	}
}
