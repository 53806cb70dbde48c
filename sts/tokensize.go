package sts

import (
	"encoding/base64"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/fxamacker/cbor/v2"
)

// maxTokenSize is how many characters a session token may have. Since September
// 2026 it is AWS's only limit of what policies, tags and context add up to: the
// packed size of policies and tags has none of its own any more.
// https://aws.amazon.com/about-aws/whats-new/2026/09/aws-sts/
const maxTokenSize = 4096

// leastSizes are how many bytes v1 tokens have at least, by the operation that
// issues them: as many as AWS's had that were recorded, of 288, 376 and, for all
// others, 352 characters. That of AssumeRoleWithWebIdentity follows from the 25
// percent that AWS answered for a v2 token without policies and tags (recorded).
var leastSizes = map[string]int{"GetSessionToken": 216, "GetFederationToken": 282, "AssumeRoleWithWebIdentity": 468}

const (
	leastSize = 264
	extraV2   = 300 // bytes that v2 tokens have more (recorded)
)

// size is how many bytes the token has, at least so many as make the characters. It
// is no shorter than AWS's would be, and what a session has beside its identity makes
// it longer than that.
func (c *content) size(minimum int) int {
	least := leastSizes[c.token.Operation]
	if least == 0 {
		least = leastSize
	}
	size := max(len(c.token.head())+aroundSealed+len(c.plain), least+c.added)
	if !c.token.V1 {
		size += extraV2
	}
	return max(size, bytesOf(minimum))
}

// added is how many bytes of the content are not about who the session is and how
// long it lasts.
func (t *token) added(content []byte) (int, error) {
	if t.bare() {
		return 0, nil
	}
	plain := &token{
		Kind: t.Kind, EntityID: t.EntityID, SessionName: t.SessionName, Operation: t.Operation, IssuedAt: t.IssuedAt,
		ExpiresAt: t.ExpiresAt, MFAAt: t.MFAAt, FederatedProvider: t.FederatedProvider, Delegate: t.Delegate,
	}
	identity, err := cbor.Marshal(plain)
	return len(content) - len(identity), err
}

// bare reports whether the content is about nothing else, as that of most sessions.
func (t *token) bare() bool {
	return t.Policy == "" && t.SourceIdentity == "" &&
		len(t.PolicyARNs)+len(t.Tags)+len(t.TransitiveTagKeys)+len(t.Keys)+len(t.Limits)+len(t.ScopeDown) == 0
}

// checkSize refuses a session whose token would be too large. A token is v1 or v2
// as it says.
func (c *content) checkSize(minimum int) error {
	if n := c.sealedSize(minimum); n > maxTokenSize {
		return sessionTokenTooLarge(n)
	}
	return nil
}

// sealedSize is how many characters the sealed token has.
func (c *content) sealedSize(minimum int) int { return base64.StdEncoding.EncodedLen(c.size(minimum)) }

// bytesOf is how many bytes make so many characters, or a few more: base64 makes
// four of three.
func bytesOf(characters int) int { return (characters*3 + 3) / 4 }

// tokenSize is the size of a session token in characters, and how much of the
// limit that is, in percent, rounded down: 8 for AWS's v1 tokens of 352 (seen).
// PackedPolicySize has been the same percentage since AWS deprecated it.
func tokenSize(c *types.Credentials) (size, utilization *int32) {
	n := len(aws.ToString(c.SessionToken))
	return aws.Int32(int32(n)), aws.Int32(int32(n * 100 / maxTokenSize))
}
