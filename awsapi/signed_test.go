package awsapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/awsapi"
)

// oneKey knows one key and its secret.
type oneKey struct{ id, secret string }

func (k oneKey) Lookup(_ context.Context, id, _, _ string) (awsapi.Credential, error) {
	if id != k.id {
		return awsapi.Credential{}, &smithy.GenericAPIError{Code: "InvalidClientTokenId"}
	}
	return awsapi.Credential{Secret: k.secret}, nil
}

// A presigned URL of S3 is good until it expires, and not before its time.
func TestPresignedRequestsOfOtherServicesExpire(t *testing.T) {
	t.Parallel()
	signed := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	key := oneKey{"AKIAQAAAAAAAAAAAAAAA", "secret"}
	r, err := http.NewRequest("GET", "http://bucket.local/a%20b/../c?X-Amz-Expires=3600", nil)
	if err != nil {
		t.Fatal(err)
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	text, _, err := signer.PresignHTTP(context.Background(), aws.Credentials{AccessKeyID: key.id, SecretAccessKey: key.secret},
		r, "UNSIGNED-PAYLOAD", "s3", "us-east-1", signed)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		at     time.Time
		target string
		want   string
	}{
		{"at once", signed, u.RequestURI(), ""},
		{"at its end", signed.Add(time.Hour), u.RequestURI(), ""},
		{"behind its end", signed.Add(time.Hour + time.Second), u.RequestURI(), "SignatureDoesNotMatch"},
		{"a clock that is a little behind", signed.Add(-10 * time.Minute), u.RequestURI(), ""},
		{"long before its time", signed.Add(-time.Hour), u.RequestURI(), "SignatureDoesNotMatch"},
		{"with a longer life", signed, strings.Replace(u.RequestURI(), "3600", "9999", 1), "SignatureDoesNotMatch"},
		{"another path", signed, strings.Replace(u.RequestURI(), "/c?", "/d?", 1), "SignatureDoesNotMatch"},
		{"no signature", signed, "/c", "MissingAuthenticationToken"},
		{"no target", signed, ":", "SignatureDoesNotMatch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := awsapi.SignedRequest{Method: "GET", Host: "bucket.local", Target: c.target, Header: http.Header{}}
			signer, err := q.Verify(context.Background(), key, c.at)
			var api smithy.APIError
			code := ""
			if errors.As(err, &api) {
				code = api.ErrorCode()
			}
			if code != c.want {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if c.want == "" && (signer.Service != "s3" || signer.Region != "us-east-1" || signer.AccessKeyID != key.id) {
				t.Errorf("signer %+v", signer)
			}
		})
	}
}
