package awsapi

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// Elsewhere serves calls of other services than those of the Model.
type Elsewhere interface {
	http.Handler

	// Takes reports whether a request without a signature is a call of such a service,
	// by its head.
	Takes(r *http.Request) bool
}

// isForeign finds out whether a request is a call of another service: by the scope of
// its signature, or else by its head. A form that is signed for another service may
// be a call of one that is served, with a wrong scope, so its parameters say which.
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

// scopeOf is the service of the credential scope; "" for a request without a signature
// that can be read.
func (h *handler) scopeOf(r *http.Request) string {
	authorization := r.Header.Get("Authorization")
	for _, a := range h.apis { // most calls; what is in the header beside is looked at later
		if strings.Contains(authorization, a.scope) {
			return a.Name
		}
	}
	sig, _ := sigv4.Parse(r) // what is faulty in it is for whoever serves the call
	if sig == nil {
		return ""
	}
	return sig.Service
}

// knows reports whether parameters name a call of a service that is served: by their
// version, or without one by the action, since services share names of actions.
func (h *handler) knows(form string) bool {
	p, _ := params(nil).parse(form) // of the beginning of a form the last one may be broken
	action, version := p.get(actionParameter), p.get(versionParameter)
	if action == nil {
		return false
	}
	return slices.ContainsFunc(h.apis, func(a *api) bool {
		return version != nil && *version == a.Version || version == nil && a.operations[*action] != nil
	})
}

// peekForm is the beginning of a body, which is whole again afterwards. SDKs send
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

// failedReader returns the error that ended the body before.
type failedReader struct{ err error }

func (f failedReader) Read([]byte) (int, error) { return 0, f.err }
