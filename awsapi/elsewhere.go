package awsapi

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// Elsewhere serves calls to services that are not in the Model.
type Elsewhere interface {
	http.Handler

	// Takes reports, from the head, whether a request without a signature is a call to such a
	// service.
	Takes(r *http.Request) bool
}

// isForeign reports whether a request is a call to another service: by the scope of its signature,
// or else by its head. A form that is signed for another service may be a call to a service of the
// Model with a wrong scope, so its parameters decide.
func (h *handler) isForeign(r *http.Request) bool {
	if h.Elsewhere == nil {
		return false
	}
	service := h.scopeOf(r)
	switch {
	case service == "":
		return h.Elsewhere.Takes(r)
	case h.api(service) != nil:
		return false
	case isRoot(r) && r.Method == http.MethodPost && isForm(r.Header.Get("Content-Type")):
		return !h.knows(peekForm(r))
	case isRoot(r):
		return !h.knows(r.URL.RawQuery)
	}
	return true
}

func isRoot(r *http.Request) bool { return r.URL.Path == "/" || r.URL.Path == "" }

// scopeOf returns the service of the credential scope; "" for a request without a readable
// signature.
func (h *handler) scopeOf(r *http.Request) string {
	authorization := r.Header.Get("Authorization")
	for _, a := range h.apis { // most calls; the rest of the header is checked later
		if strings.Contains(authorization, a.scope) {
			return a.Name
		}
	}
	sig, _ := sigv4.Parse(r) // whoever serves the call reports what is wrong with it
	if sig == nil {
		return ""
	}
	return sig.Service
}

// knows reports whether the parameters name a call to a service of the Model: by the version, since
// services share names of actions, or without a version by the action.
func (h *handler) knows(form string) bool {
	p, _ := params(nil).parse(form) // in the beginning of a form, the last parameter may be cut off
	action, version := p.get(actionParameter), p.get(versionParameter)
	if action == nil {
		return false
	}
	return slices.ContainsFunc(h.apis, func(a *api) bool {
		return version != nil && *version == a.Version || version == nil && a.operations[*action] != nil
	})
}

// peekForm returns the beginning of a body, which can still be read from its start. SDKs send
// Action and Version first.
func peekForm(r *http.Request) string {
	head, err := io.ReadAll(io.LimitReader(r.Body, maxUnknownBody))
	rest := io.Reader(r.Body)
	if err != nil {
		rest = failedReader{err}
	}
	r.Body = peeked{io.MultiReader(bytes.NewReader(head), rest), r.Body}
	return string(head)
}

type peeked struct {
	io.Reader
	io.Closer
}

// failedReader returns the error that has already ended the body.
type failedReader struct{ err error }

func (f failedReader) Read([]byte) (int, error) { return 0, f.err }
