package sigv4

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A presigned request to S3 lives for a week at most.
func TestLifeOfPresignedRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		service, expires string
		after            time.Duration
		want             error
	}{
		"s3, a week":             {"s3", "604800", 7 * 24 * time.Hour, nil},
		"s3, a week and more":    {"s3", "604800", 7*24*time.Hour + time.Second, ErrExpired},
		"s3, asks for more":      {"s3", "604801", 0, ErrLife},
		"s3, negative":           {"s3", "-1", 0, ErrLife},
		"s3, no number":          {"s3", "1h", 0, ErrLife},
		"s3, not said":           {"s3", "", 0, ErrLife},
		"s3, overflowing":        {"s3", "9223372036854775807", 0, ErrLife},
		"s3, of the future":      {"s3", "60", -16 * time.Minute, ErrNotYetCurrent},
		"sqs, not said":          {"sqs", "", 15 * time.Minute, nil},
		"sqs, not said, too old": {"sqs", "", 16 * time.Minute, ErrExpired},
		"sqs, overflowing":       {"sqs", "9223372036854775807", 16 * time.Minute, ErrExpired},
	} {
		r := httptest.NewRequest("GET", "http://localhost/b/k", nil)
		s := signing{service: c.service}
		s.signer().Presign(r, UnsignedPayload, signedAt, time.Hour)
		to := "X-Amz-Expires=" + c.expires
		if c.expires == "" {
			to = "A=b"
		}
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "X-Amz-Expires=3600", to, 1)
		sig, err := Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := sig.CheckLife(signedAt.Add(c.after)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
