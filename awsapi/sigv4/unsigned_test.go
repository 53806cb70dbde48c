package sigv4

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

// Without a signature, what a request declares of its body is compared.
func TestOpenUnsigned(t *testing.T) {
	t.Parallel()
	hash := HashPayload([]byte("body"))
	for name, c := range map[string]struct {
		payload, trailer, body, want string
		err                          error
	}{
		"nothing declared": {"", "", "body", "body", nil},
		"unsigned":         {UnsignedPayload, "", "body", "body", nil},
		"a hash":           {hash, "", "body", "body", nil},
		"another hash":     {hash, "", "bodx", "bod", ErrPayloadMismatch},
		"a trailer": {
			StreamingUnsignedTrailer, "x-amz-checksum-crc32", "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n",
			"123456789", nil,
		},
		"another trailer": {
			StreamingUnsignedTrailer, "x-amz-checksum-crc32", "9\r\n123456780\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n",
			"12345678", ErrChecksum,
		},
		"signed chunks":        {StreamingPayload, "", "", "", ErrPayloadWord},
		"signed by SigV4A":     {StreamingPayloadTrailerV4A, "", "", "", ErrPayloadWord},
		"a word that is none":  {"SIGNED", "", "", "", ErrPayloadWord},
		"nothing, and a hash":  {hash, "", "", "", ErrPayloadMismatch},
		"nothing, as declared": {HashPayload(nil), "", "", "", nil},
	} {
		r := httptest.NewRequest("PUT", "http://localhost/b/k", strings.NewReader(c.body))
		r.Header.Set("X-Amz-Decoded-Content-Length", "9")
		for name, value := range map[string]string{"X-Amz-Content-Sha256": c.payload, "X-Amz-Trailer": c.trailer} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		var got []byte
		b, err := OpenUnsigned(r)
		if err == nil {
			got, err = io.ReadAll(b)
		}
		if !errors.Is(err, c.err) || string(got) != c.want {
			t.Errorf("%s: %q, %v, want %q, %v", name, got, err, c.want, c.err)
		}
	}
}
