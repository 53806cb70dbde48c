package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator/lint"
)

// absent are AWS's checks that are not made here, by the reason.
var absent = []struct {
	reason string
	codes  []lint.Code
}{
	{
		"what these checks found has been allowed since AWS gave SCPs the whole language of policies on 2025-09-19. AWS's page still lists " +
			"`SCP_SYNTAX_ERROR_ACTION_WILDCARD`; what it finds now is not documented.",
		[]lint.Code{
			"SCP_SYNTAX_ERROR_ACTION_WILDCARD", "SCP_SYNTAX_ERROR_ALLOW_CONDITION", "SCP_SYNTAX_ERROR_ALLOW_NOTACTION",
			"SCP_SYNTAX_ERROR_ALLOW_RESOURCE", "SCP_SYNTAX_ERROR_NOTRESOURCE",
		},
	},
	{
		"only the codes are known. Which keys, values or services they find is not documented.",
		[]lint.Code{
			"INVALID_KMS_KEY_VALUE", "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
			"UNTRUSTWORTHY_CONDITION_KEY", "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES", "VARIABLE_USAGE_TOO_PERMISSIVE",
			"WILDCARD_USAGE_TOO_PERMISSIVE",
		},
	},
}

func absentChecks() string {
	var b strings.Builder
	b.WriteString("\n## Checks of AWS's that are not made\n\n")
	for _, a := range absent {
		var codes []string
		for _, c := range a.codes {
			codes = append(codes, "`"+string(c)+"`")
		}
		fmt.Fprintf(&b, "- %s: %s\n", strings.Join(codes, ", "), a.reason)
	}
	return b.String()
}

func TestAbsentChecksAreNotMade(t *testing.T) {
	t.Parallel()
	for _, a := range absent {
		for _, code := range a.codes {
			if _, ok := lint.Find(code); ok {
				t.Errorf("%s is made; take it out of the list", code)
			}
		}
	}
}
