package sts

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"

	"github.com/fxamacker/cbor/v2"

	"github.com/understudy-iam/understudy/principal"
)

// AWS packs session policies, policy ARNs and session tags (inherited ones
// included) into a binary form with a limit of its own, and answers with the
// share of it that is used. The form is not documented. Ours is DEFLATE with a
// dictionary of the words of policies, and the limit fits what is known of
// AWS's: 16 percent for a policy of one small statement and 157 for one of 1,690
// characters (recorded, quoted); 74 for the six tags that EKS Pod Identity sets
// and 142 for the fifteen of a CI runner (quoted).
const packedLimit = 240 // bytes; our rule, not AWS's

const packedDictionary = `arn:aws:sts::arn:aws:s3:::arn:aws:iam::aws:policy/"StringEquals""StringLike""aws:"` +
	`"Condition":{"NotAction":"Principal":"Sid":"Deny"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[""],"Resource":["*"]}]}`

// packers are DEFLATE writers: making one costs far more than using it.
var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriterDict(io.Discard, flate.BestCompression, []byte(packedDictionary))
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// packedSize returns how much of the limit the session takes, in percent,
// rounded up; 0 for a session without policies and tags.
func packedSize(policy string, arns []string, tags []principal.Tag) int {
	if policy == "" && len(arns) == 0 && len(tags) == 0 {
		return 0
	}
	var size counter
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&size)
	put := func(s string) { _, _ = io.WriteString(w, s) } // a counter cannot fail
	put(policy)
	for _, arn := range arns {
		put(arn + "\x00")
	}
	for _, t := range tags {
		put(t.Key + "\x00" + t.Value + "\x00")
	}
	_ = w.Close()
	return (int(size)*100 + packedLimit - 1) / packedLimit
}

// pack compresses the scope-down policies of a session, so that several fit into
// its token, as AWS does; nil without any.
func pack(policies []string) ([]byte, error) {
	if len(policies) == 0 {
		return nil, nil
	}
	plain, err := cbor.Marshal(policies)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&packed)
	_, _ = w.Write(plain) // a buffer cannot fail
	_ = w.Close()
	return packed.Bytes(), nil
}

// unpack is the reverse of pack.
func unpack(packed []byte) (policies []string, err error) {
	if len(packed) == 0 {
		return nil, nil
	}
	plain, err := io.ReadAll(flate.NewReaderDict(bytes.NewReader(packed), []byte(packedDictionary)))
	if err != nil {
		return nil, err
	}
	err = cbor.Unmarshal(plain, &policies)
	return policies, err
}

// counter counts the bytes written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// checkPackedSize returns the packed size of what limits and marks a session,
// or AWS's refusal if it is over the limit: the text for tags if they alone are.
func checkPackedSize(t *token) (int, error) {
	size := packedSize(t.Policy, t.PolicyARNs, t.Tags)
	if size <= 100 {
		return size, nil
	}
	if tags := packedSize("", nil, t.Tags); tags > 100 || t.Policy == "" && len(t.PolicyARNs) == 0 {
		return 0, packedTagsTooLarge(tags)
	}
	return 0, packedPolicyTooLarge(size)
}
