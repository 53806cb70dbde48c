package accessanalyzer

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// mark tells requests apart: a token is good for the request that it was given for.
type mark [16]byte

func markOf(parts ...string) mark {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return mark(sum[:16])
}

// newToken is the token for the page that begins with the finding of an index. It is
// sealed: no other index is taken with it.
func newToken(from int, m mark) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(from))
	sum := sha256.Sum256(append(b, m[:]...))
	return base64.URLEncoding.EncodeToString(append(b, sum[:16]...))
}

// readToken is the index with which a page begins, 0 without a token.
func readToken(token *string, m mark) (int, error) {
	if token == nil {
		return 0, nil
	}
	b, err := base64.URLEncoding.DecodeString(aws.ToString(token))
	if err != nil || len(b) != 20 {
		return 0, invalidNextToken()
	}
	from := int(binary.BigEndian.Uint32(b))
	if newToken(from, m) != *token {
		return 0, invalidNextToken()
	}
	return from, nil
}
