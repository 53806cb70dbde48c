package principal_test

import (
	"testing"

	"github.com/understudy-iam/understudy/principal"
)

func TestEntityOfAnARN(t *testing.T) {
	t.Parallel()
	type entity struct{ kind, path, name string }
	for resource, want := range map[string]entity{
		"user/ann":               {"user", "/", "ann"},
		"user/staff/north/ann":   {"user", "/staff/north/", "ann"},
		"role//twice//app":       {"role", "//twice//", "app"},
		"policy/":                {"policy", "/", ""},
		"root":                   {"root", "", ""},
		"":                       {},
		"instance-profile/a/web": {"instance-profile", "/a/", "web"},
	} {
		arn, ok := principal.ParseARN(principal.China.IAM("000000000000", resource))
		if !ok {
			t.Fatal(resource)
		}
		var got entity
		if got.kind, got.path, got.name = arn.Entity(); got != want {
			t.Errorf("%q: %q; want %q", resource, got, want)
		}
		if got.path != "" && got.kind+got.path+got.name != resource {
			t.Errorf("%q is not put together again: %q", resource, got)
		}
	}
}

func TestNameOfAPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"ann": "ann", "staff/ann": "ann", "/": "", "": "", "arn:aws:iam::aws:policy/job-function/Billing": "Billing",
	} {
		if got := principal.Name(path); got != want {
			t.Errorf("%q: %q; want %q", path, got, want)
		}
	}
}
