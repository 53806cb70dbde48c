// Package v4a writes sigv4a.txt: requests that the SDK's SigV4A signer has
// signed at a fixed time. The signer is internal to the SDK, so this file is
// copied into a copy of github.com/aws/aws-sdk-go-v2/internal/v4a@v1.5.11 and
// run there once:
//
//	OUT=sigv4a.txt go test -run TestWriteVectors
package v4a

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func TestWriteVectors(t *testing.T) {
	const body = "Action=GetUser&Version=2010-05-08&UserName=alice"
	var out bytes.Buffer
	out.WriteString("# Signed by aws-sdk-go-v2/internal/v4a v1.5.11 at 20260102T030405Z; written by sign_v4a_test.go.\n")
	out.WriteString("# Access key AKIDEXAMPLE, secret wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY.\n")
	for _, c := range []struct {
		name, method, path, body, token string
		service                         string
		regions                         []string
		presign                         bool
	}{
		{"POST of a form", "POST", "/", body, "", "iam", []string{"us-east-1"}, false},
		{"every region", "POST", "/", body, "", "iam", []string{"*"}, false},
		{"several regions", "POST", "/", body, "", "sts", []string{"us-west-2", "eu-*"}, false},
		{"session token", "POST", "/", body, "FwoGZXIvYXdzEBYaDK+/==", "iam", []string{"us-east-1"}, false},
		{"GET with a query", "GET", "/?b=2&a=%2F&a=-&c", "", "", "sts", []string{"us-east-1"}, false},
		{"presigned GET", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "", "", "sts", []string{"us-*"}, true},
		{"presigned GET with a token", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "", "FwoGZXIvYXdzEBYaDK+/==", "sts", []string{"us-east-1"}, true},
	} {
		adaptor := &SymmetricCredentialAdaptor{SymmetricProvider: aws.CredentialsProviderFunc(
			func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: c.token}, nil
			})}
		credentials, err := adaptor.RetrievePrivateKey(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequest(c.method, "http://127.0.0.1:4260"+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(c.body))
		hash := hex.EncodeToString(sum[:])
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		if c.presign {
			url, header, err := NewSigner().PresignHTTP(context.Background(), credentials, r, hash, c.service, c.regions, now)
			if err != nil {
				t.Fatal(err)
			}
			r, _ = http.NewRequest(c.method, url, strings.NewReader(c.body))
			r.Header = header
			r.Header.Del("Host")
		} else if err := NewSigner().SignHTTP(context.Background(), credentials, r, hash, c.service, c.regions, now); err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", "sdk")
		var wire bytes.Buffer
		if err := r.Write(&wire); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "=== %s\n%s\n", c.name, strings.ReplaceAll(wire.String(), "\r\n", "\n"))
	}
	if err := os.WriteFile(os.Getenv("OUT"), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
