package sts

import (
	"fmt"
	"strings"
	"time"
)

// Proof is the kind of proof that a call gives of who makes it, apart from a signature.
type Proof string

// The proofs.
const (
	ByToken Proof = "token" // an ID token, a SAML response or a context assertion
	ByCode  Proof = "code"  // a one-time code of an MFA device
)

// ProofError is AWS's error about a proof that is not accepted. It explains what was compared and
// what to look at, and holds no secret: neither a token nor a code.
type ProofError struct {
	Proof    Proof
	Sentence string // what is wrong
	Compared []Compared
	Check    []string // what to look at

	err error
}

// Compared is one thing that was compared.
type Compared struct{ What, Want, Got string }

// Error is AWS's message.
func (e *ProofError) Error() string { return e.err.Error() }

// Unwrap returns AWS's error.
func (e *ProofError) Unwrap() error { return e.err }

// unproved adds to AWS's error about a token an explanation of what is wrong.
func unproved(err error, sentence string, args ...any) *ProofError {
	return &ProofError{Proof: ByToken, Sentence: fmt.Sprintf(sentence, args...), err: err}
}

func (e *ProofError) compare(what, want, got string) *ProofError {
	e.Compared = append(e.Compared, Compared{what, want, got})
	return e
}

func (e *ProofError) check(text string, args ...any) *ProofError {
	e.Check = append(e.Check, fmt.Sprintf(text, args...))
	return e
}

// stamp formats a time for people.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// cause returns what an error says after a sentinel's own words.
func cause(err, sentinel error) string {
	if text := strings.TrimPrefix(err.Error(), sentinel.Error()+": "); text != "" {
		return text
	}
	return "something else"
}
