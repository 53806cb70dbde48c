package testkit_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/internal/testkit"
)

var (
	errNoUser = fmt.Errorf("operation error: %w", &smithy.GenericAPIError{Code: "NoSuchEntity", Message: "no user"})
	errPlain  = errors.New("no route")
)

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err          error
		code, answer string
	}{
		{nil, "", ""},
		{errPlain, "", "no route"},
		{errNoUser, "NoSuchEntity", "NoSuchEntity: no user"},
	} {
		if got := testkit.Code(c.err); got != c.code {
			t.Errorf("Code(%v) = %q; want %q", c.err, got, c.code)
		}
		if got := testkit.Answer(c.err); got != c.answer {
			t.Errorf("Answer(%v) = %q; want %q", c.err, got, c.answer)
		}
		if got := testkit.Refused("output", c.err); got != c.err {
			t.Errorf("Refused gives %v; want %v", got, c.err)
		}
	}
}

// A recorder is a test that only notes whether it failed.
type recorder struct {
	testing.TB
	failed, stopped, skipped bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Error(...any)          { r.failed = true }
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Skip(...any)           { r.skipped = true }
func (r *recorder) Fatal(...any)          { r.failed, r.stopped = true, true }
func (r *recorder) Fatalf(string, ...any) { r.failed, r.stopped = true, true }

func TestWantError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err        error
		code, text string
		fails      bool
	}{
		{errNoUser, "NoSuchEntity", "no user", false},
		{errNoUser, "NoSuchEntity", "another text", true},
		{errNoUser, "AnotherCode", "no user", true},
		{errPlain, "", "no route", true},
		{nil, "", "", true},
	} {
		r := &recorder{}
		if testkit.WantError(r, c.err, c.code, c.text); r.failed != c.fails {
			t.Errorf("WantError(%v, %q, %q) fails: %t; want %t", c.err, c.code, c.text, r.failed, c.fails)
		}
	}
}

func TestMust(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	if out := testkit.Must("output", nil)(r); out != "output" || r.failed {
		t.Errorf("Must gives %q, and fails: %t", out, r.failed)
	}
	if testkit.Must("output", errPlain)(r); !r.stopped {
		t.Error("Must goes on after an error")
	}
}
