package sigv4

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"testing"
)

// BenchmarkBody reads bodies of 16 MiB, and hashes as many bytes to compare with.
func BenchmarkBody(b *testing.B) {
	content := bytesOf(16 << 20)
	every := func(size int) (sizes []int) {
		for range len(content) / size {
			sizes = append(sizes, size)
		}
		return sizes
	}
	crc := newChecksum("x-amz-checksum-crc64nvme")
	crc.Write(content)
	for _, c := range []struct {
		name   string
		upload upload
	}{
		{"signed chunks of 64 KiB", upload{word: StreamingPayload, sizes: every(64 << 10)}},
		{"signed chunks of 1 MiB", upload{word: StreamingPayload, sizes: every(1 << 20)}},
		{"a signed chunk of 16 MiB", upload{word: StreamingPayload}},
		{"unsigned chunks of 1 MiB", upload{word: StreamingUnsignedTrailer, sizes: every(1 << 20)}},
		{"unsigned chunks, CRC-64", upload{word: StreamingUnsignedTrailer, sizes: every(1 << 20),
			trailer: "x-amz-checksum-crc64nvme", lines: "x-amz-checksum-crc64nvme:" + crc.encoded() + "\r\n"}},
	} {
		c.upload.content = content
		r := c.upload.request(b)
		wire, err := io.ReadAll(r.Body)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) { readAgain(b, r, wire, len(content)) })
	}
	r := sent(b, signing{service: "s3", method: "PUT", url: "http://localhost/b/k", body: string(content)})
	b.Run("a declared hash", func(b *testing.B) { readAgain(b, r, content, len(content)) })
	b.Run("SHA-256 alone", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			h := sha256.New()
			if _, err := io.CopyBuffer(struct{ io.Writer }{
				h,
			}, struct{ io.Reader }{bytes.NewReader(content)}, make([]byte, 32<<10)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func readAgain(b *testing.B, r *http.Request, wire []byte, size int) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	buffer := make([]byte, 32<<10)
	for b.Loop() {
		r.Body = io.NopCloser(bytes.NewReader(wire))
		body, err := open(b, r)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{body}, buffer); err != nil || n != int64(size) {
			b.Fatal(n, err)
		}
	}
}
