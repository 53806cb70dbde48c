package principal

import "strings"

// ARN is an Amazon Resource Name in its six parts.
type ARN struct {
	Partition string
	Service   string
	Region    string
	AccountID string
	Resource  string // everything after the fifth colon
}

// ParseARN splits s at its first five colons. It reports false for anything
// that does not begin with "arn:" or has fewer than six parts.
func ParseARN(s string) (ARN, bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return ARN{}, false
	}
	var part [4]string
	for i := range part {
		if part[i], rest, ok = strings.Cut(rest, ":"); !ok {
			return ARN{}, false
		}
	}
	return ARN{part[0], part[1], part[2], part[3], rest}, true
}

// String joins the parts with colons.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.AccountID + ":" + a.Resource
}

// ParseIAM reads the ARN of an IAM resource of an account. It reports false for
// every spelling but the one of IAM: two spellings of one resource could be
// decided apart, and a policy that denies the one would let the other pass.
func ParseIAM(s string) (ARN, bool) {
	a, ok := ParseARN(s)
	return a, ok && ValidAccountID(a.AccountID) && s == IAM(a.AccountID, a.Resource)
}

// IAM returns the ARN of an IAM resource, such as "user/path/name", of the account.
func IAM(accountID, resource string) string {
	return "arn:aws:iam::" + accountID + ":" + resource
}

// STS returns the ARN of an STS resource, such as "assumed-role/name/session".
func STS(accountID, resource string) string {
	return "arn:aws:sts::" + accountID + ":" + resource
}
