package services

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// Item is a part of a request that a service answers by itself: where it may not
// be done, an error stands in its place in an answer of status 200. It needs
// Needs[From:To]. What is in no item is needed by the whole call.
type Item struct{ From, To int }

// DeniedItem is an item that may not be done, and its error.
type DeniedItem struct {
	Index         int // in Needs.Items
	Code, Message string
}

// parts is how the items of a kind of request are taken out of it, and their errors
// put into the answer.
type parts interface {
	// without returns the body of a request without the items.
	without(body []byte, denied []DeniedItem) ([]byte, error)

	// merge returns the answer with the errors of the items. A nil answer is one of
	// a request in which no item was left.
	merge(answer []byte, denied []DeniedItem) ([]byte, error)
}

// AllDenied reports whether no item is left, so that there is nothing to forward.
func (n *Needs) AllDenied(denied []DeniedItem) bool {
	return len(n.Items) > 0 && len(denied) == len(n.Items)
}

// Without returns the request's body without the items that may not be done.
func (n *Needs) Without(body []byte, denied []DeniedItem) ([]byte, error) {
	return n.parts.without(body, denied)
}

// WithDenied returns the answer to a request without the denied items as the
// answer to the whole request. The answer is nil if all were denied.
func (n *Needs) WithDenied(answer []byte, denied []DeniedItem) ([]byte, error) {
	return n.parts.merge(answer, denied)
}

// bodyHeaders are the headers that describe a body as it was sent.
var bodyHeaders = []string{"Content-Length", "Content-Encoding", "X-Amz-Decoded-Content-Length", "X-Amz-Sdk-Checksum-Algorithm",
	"X-Amz-Trailer"}

// Rewrite makes the headers of a request fit the body that Without returned, but
// for those of its signature.
func (n *Needs) Rewrite(h http.Header, body []byte) {
	for name := range h {
		if slices.Contains(bodyHeaders, name) || strings.HasPrefix(name, "X-Amz-Checksum-") {
			h.Del(name)
		}
	}
	sum := md5.Sum(body) // S3 wants it, or a checksum, for DeleteObjects
	h.Set("Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
}

// deniedAt returns the denied item with the index.
func deniedAt(denied []DeniedItem, index int) (DeniedItem, bool) {
	for _, d := range denied {
		if d.Index == index {
			return d, true
		}
	}
	return DeniedItem{}, false
}
