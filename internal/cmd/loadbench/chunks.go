package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// frames holds chunks of zeros, each with a signature in the line before it, and an
// empty chunk at the end.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
type frames struct {
	sizes []int
	lines []string
}

func newFrames(size int64) *frames {
	f := &frames{}
	for ; size > 0; size -= part {
		f.sizes = append(f.sizes, int(min(size, part)))
	}
	f.sizes = append(f.sizes, 0)
	return f
}

func line(size int, signature string) string {
	return fmt.Sprintf("%x;chunk-signature=%s\r\n", size, signature)
}

// length returns the number of bytes of all frames.
func (f *frames) length() (n int64) {
	signature := hex.EncodeToString(make([]byte, sha256.Size))
	for _, size := range f.sizes {
		n += int64(len(line(size, signature)) + size + len("\r\n"))
	}
	return n
}

// sign makes the signatures of the chunks; each one includes the previous
// signature.
func (f *frames) sign(secret, date, seed string) {
	scope := date[:8] + "/us-east-1/s3/aws4_request"
	key := []byte("AWS4" + secret)
	for _, text := range []string{date[:8], "us-east-1", "s3", "aws4_request"} {
		key = mac(key, text)
	}
	hashes := map[int]string{}
	for _, size := range f.sizes {
		if hashes[size] == "" {
			hashes[size] = hashOfZeros(int64(size))
		}
		text := "AWS4-HMAC-SHA256-PAYLOAD\n" + date + "\n" + scope + "\n" + seed + "\n" + hashOfZeros(0) + "\n" + hashes[size]
		seed = hex.EncodeToString(mac(key, text))
		f.lines = append(f.lines, line(size, seed))
	}
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func (f *frames) write(w io.Writer) error {
	var frame [part + 200]byte
	for i, size := range f.sizes {
		n := copy(frame[:], f.lines[i])
		n += copy(frame[n:], zeros[:size])
		n += copy(frame[n:], "\r\n")
		if _, err := w.Write(frame[:n]); err != nil {
			return err
		}
	}
	return nil
}
