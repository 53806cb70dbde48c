package server

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/understudy-iam/understudy/internal/webguard"
)

// pages keeps web pages from the AWS endpoint, except those that may call: the
// default keys are known to everybody, so whoever can send a request can be root.
// It is before the API, so that what it refuses is in no record of calls.
type pages struct {
	hosts   *webguard.Guard
	origins *webguard.Origins
	api     http.Handler
	methods string // that pages may use
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := p.check(r); err != nil {
		refusePage(w, err)
		return
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Add("Vary", "Origin")
		if r.Method == http.MethodOptions {
			p.preflight(w, r)
			return
		}
	}
	p.api.ServeHTTP(w, r)
}

func (p *pages) check(r *http.Request) error {
	if err := p.hosts.CheckHost(r); err != nil {
		return err
	}
	return p.origins.Check(r)
}

// preflight lets a page call, in the form that was recorded at STS; the headers
// that AWS allows were not recorded, so those that were asked for are.
func (p *pages) preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Max-Age", "172800")
	h.Set("Access-Control-Allow-Methods", p.methodsAt(r.URL.Path))
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
	w.WriteHeader(http.StatusOK)
}

// pageRefused is the error code of requests refused here. AWS does not have it, so that
// nobody takes it for the decision of a policy.
const pageRefused = "WebPageRefused"

// pageRefusal has the form of AWS's errors: a program that calls the server by a
// name that is not admitted gets the sentence from its SDK.
type pageRefusal struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	Type    string   `xml:"Error>Type"`
	Code    string   `xml:"Error>Code"`
	Message string   `xml:"Error>Message"`
}

func refusePage(w http.ResponseWriter, err error) {
	body, err := xml.Marshal(pageRefusal{Type: "Sender", Code: pageRefused, Message: err.Error()})
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("Vary", "Origin")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write(append(body, '\n')) // the client has gone if it fails
}

// methodsAt are the methods at a path: paths other than the root are Access Analyzer's
// operations, and some of them are a PUT.
func (p *pages) methodsAt(path string) string {
	if path == "/" || strings.Contains(p.methods, "PUT") {
		return p.methods
	}
	return p.methods + ", PUT"
}
