package sigv4

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The canonical request is AWS's standard form of a request, which is what is signed:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request.

// form is a way to write the canonical request, for points on which signers differ.
type form struct {
	withoutPort  bool // the host is signed without its port
	withoutToken bool // the query's session token was added after signing

	path  string // replaces the path; empty: the path as usual
	query string // replaces the query; empty: the query as usual
}

// noQuery means that the query is left out.
const noQuery = "\x00"

// forms are all forms, the usual one first.
var forms = [...]form{{}, {withoutPort: true}, {withoutToken: true}, {withoutPort: true, withoutToken: true}}

// possible reports whether the form differs from the usual one for this
// request.
func (f form) possible(s *Signature) bool {
	_, _, hasPort := splitPort(s.request.Host)
	return (hasPort || !f.withoutPort) && (s.queryToken || !f.withoutToken)
}

// scratch holds the buffers of one verification.
type scratch struct {
	canon  []byte
	query  []byte
	params []param
	toSign []byte
}

// param is a query parameter, encoded, as offsets into scratch.query.
type param struct{ name, value, end int }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// release returns the buffers, unless a request has made them too large.
func (x *scratch) release() {
	if cap(x.canon)+cap(x.query) <= 64<<10 {
		scratches.Put(x)
	}
}

// maxSignedHeaders is far more than any client signs. Without a limit, a short list that repeats
// names could make the canonical request as long as their number times the longest header.
const maxSignedHeaders = 256

// canonical writes the canonical request. It reports false if a signed header is missing or named
// twice, or if there are more than maxSignedHeaders.
func (x *scratch) canonical(s *Signature, f form, payload []byte) (request []byte, ok bool) {
	b := append(x.canon[:0], s.request.Method...)
	b = append(b, '\n')
	switch {
	case f.path != "":
		b = append(b, f.path...)
	case singleEncoded(s.Service):
		b = append(b, s.request.URL.EscapedPath()...) // as sent, dots and all
	default:
		b = appendPath(b, s.request.URL.EscapedPath())
	}
	b = append(b, '\n')
	switch f.query {
	case "":
		b = x.appendQuery(b, s, f)
	case noQuery:
	default:
		b = append(b, f.query...)
	}
	b = append(b, '\n')
	done, count := 0, 0
	for names := s.signedHeaders; names != ""; count++ {
		var name string
		name, names, _ = strings.Cut(names, ";")
		if count == maxSignedHeaders || listed(s.signedHeaders[:done], name) {
			return nil, false
		}
		done = min(done+len(name)+1, len(s.signedHeaders))
		if b, ok = appendHeader(b, s.request, name, f); !ok {
			return nil, false
		}
	}
	b = append(b, '\n')
	b = append(b, s.signedHeaders...)
	b = append(b, '\n')
	b = append(b, payload...)
	x.canon = b
	return b, true
}

// listed reports whether the name is in the list, each of whose names ends with a
// semicolon.
func listed(list, name string) bool {
	for list != "" {
		var other string
		other, list, _ = strings.Cut(list, ";")
		if other == name {
			return true
		}
	}
	return false
}

// stringToSign returns the string that the key signs.
func (x *scratch) stringToSign(s *Signature, canonical []byte) []byte {
	b := append(x.toSign[:0], s.algorithm...)
	b = append(b, '\n')
	b = s.appendScope(b)
	sum := sha256.Sum256(canonical)
	b = hex.AppendEncode(b, sum[:])
	x.toSign = b
	return b
}

// appendScope adds the time and the scope, each on a line.
func (s *Signature) appendScope(b []byte) []byte {
	b = append(b, s.timestamp...)
	b = append(b, '\n')
	b = append(b, s.Date...)
	b = append(b, '/')
	if s.algorithm != algorithmV4A {
		b = append(b, s.Region...)
		b = append(b, '/')
	}
	b = append(b, s.Service...)
	return append(b, "/"+Terminator+"\n"...)
}

// singleEncoded reports whether a service signs the path as it was sent: S3 and its relatives, by
// their names in a scope.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
func singleEncoded(service string) bool {
	switch service {
	case "s3", "s3express", "s3-outposts", "s3-object-lambda":
		return true
	}
	return false
}

// appendPath writes the path for every other service: without empty and dot segments, and with each
// segment encoded once more than it was sent.
func appendPath(b []byte, path string) []byte { return appendNormal(b, path, appendEscaped) }

// appendAsItIs writes a segment of a path unchanged.
func appendAsItIs(b []byte, segment string) []byte { return append(b, segment...) }

// appendNormal writes a path without empty and dot segments; spell writes each segment.
func appendNormal(b []byte, path string, spell func([]byte, string) []byte) []byte {
	if path == "/" || path == "" {
		return append(b, '/')
	}
	var kept []string
	for rest := path; rest != ""; {
		var segment string
		segment, rest, _ = strings.Cut(rest, "/")
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, segment)
		}
	}
	for _, segment := range kept {
		b = append(b, '/')
		b = spell(b, segment)
	}
	if len(kept) == 0 || path[len(path)-1] == '/' {
		b = append(b, '/')
	}
	return b
}

// appendQuery writes the query: every name and value decoded and encoded again, then sorted by
// encoded name and value. The signature in a presigned query is left out.
func (x *scratch) appendQuery(b []byte, s *Signature, f form) []byte {
	raw := s.request.URL.RawQuery
	if raw == "" {
		return b
	}
	x.query, x.params = x.query[:0], x.params[:0]
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		p := param{name: len(x.query)}
		x.query = appendReescaped(x.query, name)
		p.value = len(x.query)
		if left := string(x.query[p.name:p.value]); s.presigned && left == "X-Amz-Signature" ||
			f.withoutToken && left == "X-Amz-Security-Token" {
			x.query = x.query[:p.name]
			continue
		}
		x.query = appendReescaped(x.query, value)
		p.end = len(x.query)
		x.params = append(x.params, p)
	}
	slices.SortFunc(x.params, func(p, q param) int {
		if c := bytes.Compare(x.query[p.name:p.value], x.query[q.name:q.value]); c != 0 {
			return c
		}
		return bytes.Compare(x.query[p.value:p.end], x.query[q.value:q.end])
	})
	for i, p := range x.params {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, x.query[p.name:p.value]...)
		b = append(b, '=')
		b = append(b, x.query[p.value:p.end]...)
	}
	return b
}

// appendHeader writes one signed header, with several values joined by commas. It reports false if
// the request has no such header.
func appendHeader(b []byte, r *http.Request, name string, f form) ([]byte, bool) {
	b = append(b, name...)
	b = append(b, ':')
	if strings.EqualFold(name, "host") || name == ":authority" {
		host := r.Host
		if f.withoutPort {
			host, _, _ = splitPort(host)
		}
		return append(appendValue(b, host), '\n'), true
	}
	values := headerValues(r.Header, name)
	if len(values) == 0 {
		if values = framing(r, name); values == nil {
			return b, false
		}
	}
	for i, value := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendValue(b, value)
	}
	return append(b, '\n'), true
}

// framing finds the headers that net/http keeps only in fields of the request: Transfer-Encoding
// always, Content-Length in a request that was made in this process.
func framing(r *http.Request, name string) []string {
	switch {
	case strings.EqualFold(name, "transfer-encoding"):
		return r.TransferEncoding
	case strings.EqualFold(name, "content-length") && r.ContentLength >= 0:
		return []string{strconv.FormatInt(r.ContentLength, 10)}
	}
	return nil
}

// headerValues finds a header by a name in any case, without allocating for
// names of usual length.
func headerValues(h http.Header, name string) []string {
	var buffer [64]byte
	if len(name) > len(buffer) {
		return h[textproto.CanonicalMIMEHeaderKey(name)]
	}
	key := append(buffer[:0], name...)
	upper := true
	for i, c := range key {
		switch {
		case upper && 'a' <= c && c <= 'z':
			key[i] = c - 'a' + 'A'
		case !upper && 'A' <= c && c <= 'Z':
			key[i] = c - 'A' + 'a'
		}
		upper = c == '-'
	}
	return h[string(key)]
}

// appendValue trims a header's value and replaces every run of white space in it with one space.
func appendValue(b []byte, value string) []byte {
	value = strings.Trim(value, " \t")
	if strings.IndexByte(value, '\t') < 0 && !strings.Contains(value, "  ") {
		return append(b, value...)
	}
	space := false
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c == ' ' || c == '\t' {
			space = true
			continue
		}
		if space {
			b = append(b, ' ')
			space = false
		}
		b = append(b, c)
	}
	return b
}

// splitPort splits a host from its port. The brackets of an IPv6 address are kept.
func splitPort(host string) (name, port string, ok bool) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.IndexByte(host[i:], ']') >= 0 {
		return host, "", false
	}
	return host[:i], host[i+1:], true
}
