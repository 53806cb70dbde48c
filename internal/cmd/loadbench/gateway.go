package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// gateway measures forwarded calls, next to a plain proxy to the same upstream.
func (b *bench) gateway() error {
	up, err := startSelf(plainGet, "-upstream")
	if err != nil {
		return err
	}
	defer up.stop() //nolint:errcheck // the process is being killed
	proxies := make([]*process, 2)
	for i, hash := range []string{"-hash=false", "-hash=true"} {
		if proxies[i], err = startSelf(plainGet, "-proxy", "-to", "http://"+up.addr, hash); err != nil {
			return err
		}
		defer proxies[i].stop() //nolint:errcheck // the process is being killed
	}
	if err := b.small(up, proxies[0]); err != nil {
		return err
	}
	return b.large(up, proxies)
}

// small measures small calls.
func (b *bench) small(up, proxy *process) error {
	s, user, err := b.prepared("--upstream", "http://"+up.addr)
	if err != nil {
		return err
	}
	defer s.stop() //nolint:errcheck // the process is being killed
	for _, call := range []struct {
		row
		request []byte
	}{
		{row{"DynamoDB GetItem", 0.5}, getItem(s.addr, user)},
		{row{"S3 GetObject, 1 KiB", 0.5}, getObject(s.addr, user, 1<<10)},
	} {
		if _, err := b.beside(call.row, s.addr, proxy.addr, constant(call.request)); err != nil {
			return err
		}
	}
	return nil
}

// plainGet is a request that any of the processes answers.
var plainGet = []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

// large measures transfers of a gibibyte, and the memory that they need, with their
// own server.
func (b *bench) large(up *process, proxies []*process) error {
	s, user, err := b.prepared("--upstream", "http://"+up.addr)
	if err != nil {
		return err
	}
	defer s.stop() //nolint:errcheck // the process is being killed
	rest := s.residentMB()
	fmt.Printf("\n%-34s %9s %39s\n", "transfer", "MB/s", "share of a plain proxy   to reach")
	for _, t := range []struct {
		row
		transfer
		yardstick *process
	}{
		{row{"GetObject, 1 GiB", 0.8}, download(s.addr, user), proxies[0]},
		{row{"PutObject, 1 GiB, unsigned", 0.8}, upload(s.addr, user, unsignedPayload), proxies[0]},
		{row{"PutObject, 1 GiB, signed", 0.8}, upload(s.addr, user, hashOfZeros(gibibyte)), proxies[1]},
		{row{"PutObject, 1 GiB, chunks signed", 0.8}, chunked(s.addr, user), proxies[1]},
	} {
		if err := t.transfer.beside(t.row, s.addr, t.yardstick.addr); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	fmt.Printf("%-34s %9.0f %39s\n", "memory, MB more than at rest", s.peakMB()-rest, "67")
	return nil
}

const (
	gibibyte        = 1 << 30
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// head returns the head of a signed request. payload describes its body.
func head(r *http.Request, key aws.Credentials, service, payload string) []byte {
	if service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", payload)
	}
	err := v4.NewSigner().SignHTTP(context.Background(), key, r, payload, service, "us-east-1", time.Now())
	if err != nil {
		panic(err) // the request is ours
	}
	var raw bytes.Buffer
	fmt.Fprintf(&raw, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.URL.RequestURI(), r.Host)
	if r.ContentLength > 0 {
		raw.WriteString("Content-Length: " + strconv.FormatInt(r.ContentLength, 10) + "\r\n")
	}
	if err := r.Header.Write(&raw); err != nil {
		panic(err) // writing to a buffer never fails
	}
	raw.WriteString("\r\n")
	return raw.Bytes()
}

func request(method, addr, path string, size int64) *http.Request {
	r, err := http.NewRequest(method, "http://"+addr+path, nil)
	if err != nil {
		panic(err) // the address is ours
	}
	r.ContentLength = size
	return r
}

func hashOfZeros(size int64) string {
	h := sha256.New()
	_ = writeZeros(h, size) // writing to a hash never fails
	return hex.EncodeToString(h.Sum(nil))
}

func getItem(addr string, key aws.Credentials) []byte {
	body := `{"TableName":"orders","Key":{"id":{"S":"1234567890"}}}`
	r := request(http.MethodPost, addr, "/", int64(len(body)))
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
	sum := sha256.Sum256([]byte(body))
	return append(head(r, key, "dynamodb", hex.EncodeToString(sum[:])), body...)
}

func getObject(addr string, key aws.Credentials, size int64) []byte {
	r := request(http.MethodGet, addr, "/bucket/folder/"+strconv.FormatInt(size, 10), 0)
	return head(r, key, "s3", hashOfZeros(0))
}

// transfer is a request with a large body, or with a large answer.
type transfer struct {
	head []byte
	body func(io.Writer) error
}

func download(addr string, key aws.Credentials) transfer {
	return transfer{getObject(addr, key, gibibyte), func(io.Writer) error { return nil }}
}

func upload(addr string, key aws.Credentials, payload string) transfer {
	r := request(http.MethodPut, addr, "/bucket/large", gibibyte)
	return transfer{head(r, key, "s3", payload), func(w io.Writer) error { return writeZeros(w, gibibyte) }}
}

// chunked is an upload whose chunks are signed one by one.
func chunked(addr string, key aws.Credentials) transfer {
	frames := newFrames(gibibyte)
	r := request(http.MethodPut, addr, "/bucket/large", frames.length())
	r.Header.Set("Content-Encoding", "aws-chunked")
	r.Header.Set("X-Amz-Decoded-Content-Length", strconv.Itoa(gibibyte))
	raw := head(r, key, "s3", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
	_, seed, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	frames.sign(key.SecretAccessKey, r.Header.Get("X-Amz-Date"), seed)
	return transfer{raw, frames.write}
}
