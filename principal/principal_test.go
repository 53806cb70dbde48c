package principal_test

import (
	"bytes"
	"crypto/rand"
	"regexp"
	"testing"

	"github.com/understudy-iam/understudy/principal"
)

func TestAccessKeyIDCarriesTheAccount(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"000000000000", "000000000001", "123456789012", "999999999999"} {
		for range 50 {
			id, err := principal.NewAccessKeyID(rand.Reader, principal.TemporaryKeyPrefix, account)
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(`^ASIA[A-Z2-7]{16}$`).MatchString(id) {
				t.Fatalf("key %q has not AWS's form", id)
			}
			if got, ok := principal.AccountOfAccessKey(id); !ok || got != account {
				t.Fatalf("AccountOfAccessKey(%q) = %q, %v; want %q", id, got, ok, account)
			}
		}
	}
}

// The pair was published by researchers of the encoding as an example.
func TestAccountOfAKnownAccessKey(t *testing.T) {
	t.Parallel()
	if got, ok := principal.AccountOfAccessKey("ASIAY34FZKBOKMUTVV7A"); !ok || got != "609629065308" {
		t.Errorf("AccountOfAccessKey = %q, %v; want 609629065308", got, ok)
	}
	for _, id := range []string{"", "AKIA", "AKIA1111111111111111", "ASIAY34FZKBOKMUTVV7AA"} {
		if got, ok := principal.AccountOfAccessKey(id); ok {
			t.Errorf("AccountOfAccessKey(%q) = %q; want none", id, got)
		}
	}
}

func TestIDsNeedRandomness(t *testing.T) {
	t.Parallel()
	short := bytes.NewReader([]byte{1})
	if id, err := principal.NewUniqueID(short, principal.UserIDPrefix); err == nil {
		t.Errorf("NewUniqueID with one random byte = %q; want an error", id)
	}
	if id, err := principal.NewSecret(short); err == nil {
		t.Errorf("NewSecret with no random byte = %q; want an error", id)
	}
	if id, err := principal.NewAccessKeyID(rand.Reader, "AKIA", "12345678901x"); err == nil {
		t.Errorf("NewAccessKeyID of a bad account = %q; want an error", id)
	}
}

func TestUniqueIDAndSecretForms(t *testing.T) {
	t.Parallel()
	id, err := principal.NewUniqueID(rand.Reader, principal.RoleIDPrefix)
	if err != nil || !regexp.MustCompile(`^AROA[A-Z2-7]{17}$`).MatchString(id) {
		t.Errorf("NewUniqueID = %q, %v", id, err)
	}
	secret, err := principal.NewSecret(rand.Reader)
	if err != nil || !regexp.MustCompile(`^[A-Za-z0-9/+]{40}$`).MatchString(secret) {
		t.Errorf("NewSecret = %q, %v", secret, err)
	}
}

func TestParseARN(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"arn:aws:iam::123456789012:user/a/b", "arn:aws:s3:::b", "arn:a:b:c:d:e:f:g"} {
		a, ok := principal.ParseARN(text)
		if !ok || a.String() != text {
			t.Errorf("ParseARN(%q) = %+v, %v", text, a, ok)
		}
	}
	for _, text := range []string{"", "arn", "arn:aws:iam::123456789012", "urn:aws:iam::1:user/a"} {
		if a, ok := principal.ParseARN(text); ok {
			t.Errorf("ParseARN(%q) = %+v; want none", text, a)
		}
	}
	if got := principal.AWS.IAM("1", "user/x"); got != "arn:aws:iam::1:user/x" {
		t.Errorf("IAM = %q", got)
	}
	if got := principal.AWS.STS("1", "assumed-role/r/s"); got != "arn:aws:sts::1:assumed-role/r/s" {
		t.Errorf("STS = %q", got)
	}
}
