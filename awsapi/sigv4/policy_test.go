package sigv4

import (
	"errors"
	"net/http/httptest"
	"testing"
)

// A policy that a Signer has signed is proved, and no other one.
func TestPolicies(t *testing.T) {
	t.Parallel()
	s := signing{service: "s3", token: testToken}.signer()
	f := s.PolicyFields(signedAt)
	f.Signature = s.SignPolicy("e30=", signedAt)
	sig, err := ParsePolicy(httptest.NewRequest("POST", "http://localhost/", nil), f)
	if err != nil {
		t.Fatal(err)
	}
	if err := sig.CheckScope("s3"); err != nil || sig.AccessKeyID != testKey || sig.SessionToken != testToken ||
		!sig.Time().Equal(signedAt) {
		t.Errorf("%+v, %v", sig, err)
	}
	if err := sig.VerifyPolicy(testSecret, "e30="); err != nil {
		t.Error(err)
	}
	for secret, policy := range map[string]string{testSecret: "e31=", testSecret + "x": "e30=", "": ""} {
		if err := sig.VerifyPolicy(secret, policy); !errors.Is(err, ErrMismatch) {
			t.Errorf("%s: %v", policy, err)
		}
	}
	for _, wrong := range []func(*PolicyFields){
		func(f *PolicyFields) { f.Algorithm = algorithmV4A }, func(f *PolicyFields) { f.Date = "today" },
		func(f *PolicyFields) { f.Date = "" },
	} {
		other := f
		wrong(&other)
		if _, err := ParsePolicy(httptest.NewRequest("POST", "http://localhost/", nil), other); err == nil {
			t.Errorf("%+v is read", other)
		}
	}
}
