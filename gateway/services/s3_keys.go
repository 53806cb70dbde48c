package services

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// s3Headers are the headers with a condition key of the same name.
var s3Headers = []string{
	"x-amz-acl", "x-amz-bucket-namespace", "x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp",
	"x-amz-grant-write", "x-amz-grant-write-acp", "x-amz-metadata-directive", "x-amz-object-ownership",
	"x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
	"x-amz-server-side-encryption-customer-algorithm", "x-amz-storage-class", "x-amz-website-redirect-location",
}

// headerKey is a header, as Go spells it, and its condition key.
type headerKey struct{ header, key string }

// s3HeaderKeys are the headers with a condition key of the same name or of another.
var s3HeaderKeys = sync.OnceValue(func() []headerKey {
	var list []headerKey
	for _, name := range s3Headers {
		list = append(list, headerKey{http.CanonicalHeaderKey(name), "s3:" + name})
	}
	return append(list,
		headerKey{"If-Match", "s3:if-match"},
		headerKey{"If-None-Match", "s3:if-none-match"},
		headerKey{"X-Amz-Object-Lock-Legal-Hold", "s3:object-lock-legal-hold"},
		headerKey{"X-Amz-Object-Lock-Mode", "s3:object-lock-mode"})
})

// headers adds the keys of the headers.
func (s *s3call) headers() []authz.Key {
	var keys []authz.Key
	for _, h := range s3HeaderKeys() {
		if v := s.header(h.header); v != "" {
			keys = append(keys, authz.String(h.key, v))
		}
	}
	return append(keys, s.retention(s.header("X-Amz-Object-Lock-Retain-Until-Date"))...)
}

// retention adds the keys of the date until which an object is kept.
func (s *s3call) retention(until string) []authz.Key {
	if until == "" {
		return nil
	}
	keys := []authz.Key{authz.String("s3:object-lock-retain-until-date", until)}
	if t, err := time.Parse(time.RFC3339, until); err == nil {
		days := int(t.Sub(s.r.Time) / (24 * time.Hour))
		keys = append(keys, authz.String("s3:object-lock-remaining-retention-days", strconv.Itoa(days)))
	}
	return keys
}

// query adds the keys of the query's parameters. A parameter without a value counts as one with an
// empty value.
func (s *s3call) query() []authz.Key {
	var keys []authz.Key
	for _, name := range []string{"prefix", "delimiter", "max-keys"} {
		if s.r.Query.Has(name) {
			keys = append(keys, authz.String("s3:"+name, s.r.Query.Get(name)))
		}
	}
	return keys
}

// authentication adds the keys of the signature; none for a request without a signature.
// https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
func (s *s3call) authentication() []authz.Key {
	var keys []authz.Key
	algorithm, _, _ := strings.Cut(s.r.Header.Get("Authorization"), " ")
	date := ""
	switch {
	case algorithm != "":
		keys = append(keys, authz.String("s3:authType", "REST-HEADER"))
	case s.r.hoisted("X-Amz-Signature") != "":
		algorithm, date = s.r.hoisted("X-Amz-Algorithm"), s.r.hoisted("X-Amz-Date")
		keys = append(keys, authz.String("s3:authType", "REST-QUERY-STRING"))
	case s.field("X-Amz-Signature") != "":
		algorithm, date = s.field("X-Amz-Algorithm"), s.field("X-Amz-Date")
		keys = append(keys, authz.String("s3:authType", "POST"))
	default:
		return nil
	}
	keys = append(keys, authz.String("s3:signatureversion", algorithm))
	if t, err := time.Parse("20060102T150405Z", date); err == nil {
		keys = append(keys, authz.String("s3:signatureAge", strconv.FormatInt(s.r.Time.Sub(t).Milliseconds(), 10)))
	}
	if sum := s.r.Header.Get("X-Amz-Content-Sha256"); sum != "" {
		keys = append(keys, authz.String("s3:x-amz-content-sha256", sum))
	}
	return keys
}

// actionKeys are the names of the keys that the service reference lists for an action: whole names,
// and the prefixes of those with a variable.
type actionKeys struct{ whole, open []string }

var knownKeys sync.Map // of action: actionKeys

func keysOf(action string) actionKeys {
	if k, ok := knownKeys.Load(action); ok {
		return k.(actionKeys)
	}
	var k actionKeys
	found, _ := catalog.FindAction(action)
	names := found.ConditionKeys
	for _, r := range found.Resources {
		names = append(append(names[:len(names):len(names)], r.ActionKeys...), r.ConditionKeys...)
	}
	for _, name := range names {
		if i := strings.IndexAny(name, "<$"); i >= 0 {
			k.open = append(k.open, name[:i])
		} else {
			k.whole = append(k.whole, name)
		}
	}
	knownKeys.Store(action, k)
	return k
}

// fit returns the key's name for the action, which may belong to a variant of S3 with keys of its
// own, and false if the action does not have the key.
func (k actionKeys) fit(action string, key authz.Key) (authz.Key, bool) {
	if service, _, _ := strings.Cut(action, ":"); service != "s3" {
		if rest, ok := strings.CutPrefix(key.Name, "s3:"); ok {
			key.Name = service + ":" + rest
		}
	}
	for _, whole := range k.whole {
		if strings.EqualFold(whole, key.Name) {
			return key, true
		}
	}
	for _, open := range k.open {
		if len(key.Name) > len(open) && strings.EqualFold(open, key.Name[:len(open)]) {
			return key, true
		}
	}
	return key, false
}
