package services

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// Item is a part of a request that a service answers separately: if it is not allowed, an answer of
// status 200 has an error in its place. It needs Needs[From:To]. Needs that belong to no item are
// those of the whole call.
type Item struct{ From, To int }

// DeniedItem is an item that is not allowed, and its error.
type DeniedItem struct {
	Index         int // in Needs.Items
	Code, Message string
}

// parts removes items from a kind of request, and puts their errors into the answer.
type parts interface {
	// without returns the body of a request without the items.
	without(body []byte, denied []DeniedItem) ([]byte, error)

	// merge returns the answer with the errors of the items. The answer is nil if no item was left
	// in the request.
	merge(answer []byte, denied []DeniedItem) ([]byte, error)
}

// AllDenied reports whether no item is left, so that there is nothing to forward.
func (n *Needs) AllDenied(denied []DeniedItem) bool {
	return len(n.Items) > 0 && len(denied) == len(n.Items)
}

// Without returns the request's body without the denied items.
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

// Rewrite adapts the headers of a request, except for those of its signature, to the body that
// Without returned.
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
