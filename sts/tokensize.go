package sts

import (
	"encoding/base64"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/fxamacker/cbor/v2"
)

// maxTokenSize is the maximum length of a session token, in characters. Since September 2026 it is AWS's
// only limit on the total size of policies, tags and context: the packed size of policies and tags
// no longer has a limit of its own. https://aws.amazon.com/about-aws/whats-new/2026/09/aws-sts/
const maxTokenSize = 4096

// leastSizes are the minimum sizes of v1 tokens in bytes, by the operation that issues them. They
// are those of recorded tokens of AWS: 288, 376 and, for all others, 352 characters. The size for
// AssumeRoleWithWebIdentity follows from the 25 percent that AWS answered for a v2 token without
// policies and tags (recorded).
var leastSizes = map[string]int{"GetSessionToken": 216, "GetFederationToken": 282, "AssumeRoleWithWebIdentity": 468}

const (
	leastSize = 264
	extraV2   = 300 // bytes by which v2 tokens are longer (recorded)
)

// size returns the size of the token in bytes, or more if the number of characters asked for needs
// more. It is not shorter than AWS's would be; policies, tags and so on make it longer.
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

// added returns how many bytes of the content are not the session's identity and duration.
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

// bare reports whether the content has nothing else, as in most sessions.
func (t *token) bare() bool {
	return t.Policy == "" && t.SourceIdentity == "" &&
		len(t.PolicyARNs)+len(t.Tags)+len(t.TransitiveTagKeys)+len(t.Keys)+len(t.Limits)+len(t.ScopeDown) == 0
}

// checkSize refuses a session whose token would be too large. The session says whether its token is
// v1 or v2.
func (c *content) checkSize(minimum int) error {
	if n := c.sealedSize(minimum); n > maxTokenSize {
		return sessionTokenTooLarge(n)
	}
	return nil
}

// sealedSize returns the length of the sealed token in characters.
func (c *content) sealedSize(minimum int) int { return base64.StdEncoding.EncodedLen(c.size(minimum)) }

// bytesOf returns how many bytes encode to at least the given number of characters: base64 makes
// four characters of three bytes.
func bytesOf(characters int) int { return (characters*3 + 3) / 4 }

// tokenSize returns the size of a session token in characters, and as a percentage of the limit,
// rounded down: 8 for AWS's v1 tokens of 352 characters (seen). PackedPolicySize has been the same
// percentage since AWS deprecated it.
func tokenSize(c *types.Credentials) (size, utilization *int32) {
	n := len(aws.ToString(c.SessionToken))
	return aws.Int32(int32(n)), aws.Int32(int32(n * 100 / maxTokenSize))
}
