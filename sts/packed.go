package sts

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// AWS packs the policies and tags of a session into its token, in a form that is
// not documented. Ours is CBOR, with the policies in DEFLATE with a dictionary of
// the words of policies.

const packedDictionary = `arn:aws:sts::arn:aws:s3:::arn:aws:iam::aws:policy/"StringEquals""StringLike""aws:"` +
	`"Condition":{"NotAction":"Principal":"Sid":"Deny"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[""],"Resource":["*"]}]}`

// policies are the policies of a session, packed together because they share many words. See
// principal.Session.
type policies struct {
	_         struct{} `cbor:",toarray"`
	Inline    string
	Limits    []string
	ScopeDown []string
}

func (p *policies) none() bool { return p.Inline == "" && len(p.Limits)+len(p.ScopeDown) == 0 }

// packers are DEFLATE writers: making one costs far more than using it.
var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriterDict(io.Discard, flate.BestCompression, []byte(packedDictionary))
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// pack compresses the policies; nil without any.
func pack(p *policies) ([]byte, error) {
	if p.none() {
		return nil, nil
	}
	plain, err := cbor.Marshal(p)
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
func unpack(packed []byte) (*policies, error) {
	plain, err := io.ReadAll(flate.NewReaderDict(bytes.NewReader(packed), []byte(packedDictionary)))
	if err != nil {
		return nil, err
	}
	p := &policies{}
	return p, cbor.Unmarshal(plain, p)
}
