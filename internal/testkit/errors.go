package testkit

import (
	"errors"
	"testing"

	"github.com/aws/smithy-go"
)

// Must stops the test if an operation fails, and returns its output:
//
//	out := testkit.Must(client.GetUser(ctx, in))(t)
func Must[Out any](out Out, err error) func(testing.TB) Out {
	return func(t testing.TB) Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// Refused drops the output of an operation and keeps its error.
func Refused[Out any](_ Out, err error) error { return err }

// WantError reports an error that does not have AWS's code and text.
func WantError(t testing.TB, err error, code, text string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Errorf("error = %v; want %s: %s", err, code, text)
		return
	}
	if api.ErrorCode() != code || api.ErrorMessage() != text {
		t.Errorf("error = %s: %s\n want %s: %s", api.ErrorCode(), api.ErrorMessage(), code, text)
	}
}

// Code returns AWS's code of an error; empty if the error has none.
func Code(err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return ""
	}
	return api.ErrorCode()
}

// Answer returns an error as "Code: message", or only its text if it has no code;
// empty if there is no error.
func Answer(err error) string {
	var api smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &api):
		return api.ErrorCode() + ": " + api.ErrorMessage()
	}
	return err.Error()
}
