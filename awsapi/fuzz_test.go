package awsapi_test

import (
	"slices"
	"testing"

	"github.com/understudy-iam/understudy/awsapi"
)

// Whatever a form holds, it decodes or is refused with a code of AWS, and twice
// the same.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"", "UserName=a&Path=%2F", "Tags.member.1.Key=a&Tags.member.01.Value=b", "Tags=", "Tags.member.3.Key=&Tags.member.+1.Key",
		"PolicyInputList.member.one=x", "Properties.entry.1.key=a&Properties.entry.1.value=b&Properties.entry.2", "MaxItems=+1&MaxItems=x",
		"PolicyExclusionList.member.1.InlinePolicyIdentifier.PolicyName=a&PolicyExclusionList.member.1.PolicyType=scp",
		"ReplacementValues.entry.1.value.Values.member.2=a&ReplacementValues.entry.1.value.Values.member.1", "a=%&b=%zz",
		"Tags.member.1.0.Key=a", "..=&.=&=",
		"ContextEntries.member.1.ContextKeyValues.member.12=a", "HardExpiry=1&AllUsers=TRUE",
	} {
		f.Add(seed)
	}
	h := newHandler(f, allOperations(empty), options())
	operations := []string{"CreateUser", "TagUser", "SimulatePrincipalPolicy", "SimulateCustomPolicy", "PutAccountProperties",
		"AcquireRole", "CreateDelegationRequest", "UpdateAccountPasswordPolicy"}
	f.Fuzz(func(t *testing.T, form string) {
		for _, op := range operations {
			in, err := awsapi.Decode(h, "iam", op, form)
			if err != nil && !slices.Contains([]string{
				"MalformedInput", "ValidationError", "MalformedQueryString",
			}, failureOf(t, err).Code) {
				t.Errorf("%s: %v", op, err)
			}
			again, err2 := awsapi.Decode(h, "iam", op, form)
			if diff := equal(in, again); diff != "" || failureOf(t, err) != failureOf(t, err2) {
				t.Errorf("%s decoded twice: %v, %v\n%s", op, err, err2, diff)
			}
		}
	})
}
