package principal_test

import (
	"testing"

	"github.com/understudy-iam/understudy/principal"
)

func TestSigningName(t *testing.T) {
	t.Parallel()
	for pkg, want := range map[string]string{"iam": "iam", "sts": "sts", "cloudtrail": "cloudtrail", "accessanalyzer": "access-analyzer"} {
		if got := principal.SigningName(pkg); got != want {
			t.Errorf("%s: got %s, want %s", pkg, got, want)
		}
	}
}
