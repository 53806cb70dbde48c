package server

import (
	"strings"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// secretLength is how many characters a secret access key has at AWS. Its IDs of access
// keys have capital letters and digits only.
const secretLength = 40

// isSecret reports whether the value given as an access key ID looks like a secret
// access key, as it does when the two were swapped.
func isSecret(accessKeyID string) bool {
	return len(accessKeyID) == secretLength && strings.ToUpper(accessKeyID) != accessKeyID
}

// hideSwapped takes a secret access key out of the record of a call that names it as the
// ID of a key that nobody has.
func hideSwapped(x *awsapi.Exchange) {
	if c := x.Caller.Claimed; c != nil && c.ARN == "" && isSecret(c.AccessKeyID) {
		x.Caller.Claimed = &principal.Principal{AccessKeyID: events.Hidden}
	}
}
