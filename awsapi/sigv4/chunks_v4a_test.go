package sigv4

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// padded is a signature of SigV4A as it is sent with a chunk.
func padded(signature string) string {
	return signature + strings.Repeat("*", maxSignature-len(signature))
}

// chunkedV4A is a request whose chunks are signed with SigV4A, as aws-c-auth
// describes it: the signatures are padded, and are chained without the padding.
func chunkedV4A(t *testing.T) (*http.Request, string) {
	t.Helper()
	word := StreamingPayloadTrailerV4A
	r := &http.Request{Method: "PUT", URL: parseURL(t, "/bucket/key"), Host: "localhost", Header: http.Header{
		"X-Amz-Date": {"20260102T030405Z"}, "X-Amz-Region-Set": {"*"}, "X-Amz-Content-Sha256": {word},
		"X-Amz-Decoded-Content-Length": {"9"}, "X-Amz-Trailer": {"x-amz-checksum-crc32"},
	}}
	const names = "host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-region-set;x-amz-trailer"
	canonical := "PUT\n/bucket/key\n\nhost:localhost\nx-amz-content-sha256:" + word + "\nx-amz-date:20260102T030405Z\n" +
		"x-amz-decoded-content-length:9\nx-amz-region-set:*\nx-amz-trailer:x-amz-checksum-crc32\n\n" + names + "\n" + word
	const scope = "\n20260102T030405Z\n20260102/s3/aws4_request\n"
	seed := signTextV4A(t, algorithmV4A+scope+HashPayload([]byte(canonical)))
	r.Header.Set("Authorization", algorithmV4A+" Credential="+testKey+"/20260102/s3/aws4_request, SignedHeaders="+names+", Signature="+seed)
	chunk := func(previous, content string) string {
		return signTextV4A(t, algorithmV4A+"-PAYLOAD"+scope+previous+"\n"+HashPayload(nil)+"\n"+HashPayload([]byte(content)))
	}
	const line = "x-amz-checksum-crc32:y/Q5Jg=="
	one := chunk(seed, "123456789")
	last := chunk(one, "")
	trailer := signTextV4A(t, algorithmV4A+"-TRAILER"+scope+last+"\n"+HashPayload([]byte(line+"\n")))
	return r, "9;chunk-signature=" + padded(one) + "\r\n123456789\r\n0;chunk-signature=" + padded(last) + "\r\n" +
		line + "\r\nx-amz-trailer-signature:" + padded(trailer) + "\r\n\r\n"
}

func TestChunksOfSigV4A(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(body string) string
		want   error
	}{
		"as it was signed": {func(b string) string { return b }, nil},
		"without padding":  {func(b string) string { return strings.ReplaceAll(b, "*", "") }, nil},
		"another content":  {func(b string) string { return strings.Replace(b, "123456789", "123456780", 1) }, ErrChunkMismatch},
		"another trailer":  {func(b string) string { return strings.Replace(b, "y/Q5", "y/Q6", 1) }, ErrTrailerMismatch},
		"no hex":           {func(b string) string { return strings.Replace(b, "signature=3", "signature=x", 1) }, ErrChunkMismatch},
		"a long signature": {func(b string) string {
			return strings.Replace(b, "signature=", "signature="+strings.Repeat("3", 100), 1)
		}, ErrChunk},
	} {
		r, body := chunkedV4A(t)
		r.Body = io.NopCloser(strings.NewReader(c.change(body)))
		b, err := open(t, r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := io.ReadAll(b); !errors.Is(err, c.want) || err == nil != (string(got) == "123456789") {
			t.Errorf("%s: %q, %v, want %v", name, got, err, c.want)
		}
	}
}
