package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/server"
)

// BenchmarkRequest is a signed request without the network: everything from the
// parsed HTTP head to the last byte of the answer.
func BenchmarkRequest(b *testing.B) {
	srv := newBenchServer(b)
	root := aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	srv.do(b, root, "iam", "Action", "CreateUser", "UserName", "bench")
	srv.do(b, root, "iam", "Action", "PutUserPolicy", "UserName", "bench", "PolicyName", "p", "PolicyDocument",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:List*","iam:TagUser","sts:*"],"Resource":"*"}]}`)
	srv.do(b, root, "iam", "Action", "CreateRole", "RoleName", "bench", "AssumeRolePolicyDocument",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/bench"},"Action":"sts:AssumeRole"}]}`)
	var key struct {
		ID     string `xml:"CreateAccessKeyResult>AccessKey>AccessKeyId"`
		Secret string `xml:"CreateAccessKeyResult>AccessKey>SecretAccessKey"`
	}
	if err := xml.Unmarshal(srv.do(b, root, "iam", "Action", "CreateAccessKey", "UserName", "bench"), &key); err != nil {
		b.Fatal(err)
	}
	for i := range 1000 {
		srv.do(b, root, "iam", "Action", "CreateUser", "UserName", "user-"+hex.EncodeToString([]byte{byte(i >> 8), byte(i)}))
	}
	user := aws.Credentials{AccessKeyID: key.ID, SecretAccessKey: key.Secret}
	for _, bm := range []struct {
		name, service string
		pairs         []string
	}{
		{"GetCallerIdentity", "sts", []string{"Action", "GetCallerIdentity"}},
		{"GetUser", "iam", []string{"Action", "GetUser", "UserName", "bench"}},
		{"ListUsers-100-of-1000", "iam", []string{"Action", "ListUsers"}},
		{"TagUser", "iam", []string{"Action", "TagUser", "UserName", "bench", "Tags.member.1.Key", "a", "Tags.member.1.Value", "b"}},
		{"AssumeRole", "sts", []string{
			"Action", "AssumeRole", "RoleArn", "arn:aws:iam::000000000000:role/bench", "RoleSessionName", "bench",
		}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			r, body := signed(b, user, bm.service, bm.pairs...)
			b.ReportAllocs()
			for b.Loop() {
				r.Body = io.NopCloser(strings.NewReader(body))
				w := httptest.NewRecorder()
				w.Body = nil
				srv.handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}

type benchServer struct{ handler http.Handler }

func newBenchServer(b *testing.B) benchServer {
	store, err := badgerstore.Open(badgerstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	})
	s, err := server.New(server.Options{Store: store})
	if err != nil {
		b.Fatal(err)
	}
	return benchServer{s}
}

func (s benchServer) do(b *testing.B, key aws.Credentials, service string, pairs ...string) []byte {
	r, _ := signed(b, key, service, pairs...)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		b.Fatalf("%v: %d %s", pairs, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

func signed(b *testing.B, key aws.Credentials, service string, pairs ...string) (*http.Request, string) {
	form := url.Values{"Version": {map[string]string{"iam": "2010-05-08", "sts": "2011-06-15"}[service]}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	body := form.Encode()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4260/", bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(context.Background(), key, r, hex.EncodeToString(sum[:]), service, "us-east-1",
		time.Now()); err != nil {
		b.Fatal(err)
	}
	return r, body
}
