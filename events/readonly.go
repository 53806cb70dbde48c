package events

import "strings"

// readers are how the names of operations begin that change nothing.
var readers = []string{"Get", "List", "Describe", "Head", "Lookup", "Simulate", "Generate", "Validate", "Check"}

// issuers are the operations of STS that issue credentials or a token. Their answers are
// in records, though to CloudTrail they change nothing.
var issuers = []string{
	"AssumeRole", "AssumeRoot", "GetDelegatedAccessToken", "GetFederationToken", "GetScopedCredentials", "GetSessionToken",
}

// ShowsOutput reports whether the answer of an operation is in its Record: if it changes
// something, or issues credentials. It is asked for each call, and is fast.
func ShowsOutput(service, operation string) bool {
	if service != "sts" {
		return !reads(operation)
	}
	for _, i := range issuers {
		if strings.HasPrefix(operation, i) {
			return true
		}
	}
	return false
}

// reads reports whether the operation changes nothing, by its name.
func reads(operation string) bool {
	for _, r := range readers {
		if strings.HasPrefix(operation, r) {
			return true
		}
	}
	return false
}
