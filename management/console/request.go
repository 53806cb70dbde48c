package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/gorilla/mux"

	"github.com/understudy-iam/understudy/internal/webguard"
	"github.com/understudy-iam/understudy/management"
)

// maxForm is the size, in bytes, of the largest form that is read: the largest policy
// that AWS takes, several times.
const maxForm = 1 << 20

// request is a request of a browser, and what is needed to answer it.
type request struct {
	*Console
	w       http.ResponseWriter
	r       *http.Request
	session *session
	caller  *iam.Client // see iam; nil: no call was made yet
	nonce   string

	problem *Problem // what went wrong, for the page that is shown again
}

// serve makes a handler of a page. An error becomes a page that explains it.
func (c *Console) serve(answer func(*request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{Console: c, w: w, r: r, nonce: rand.Text()}
		q.setHeaders()
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			http.Error(w, "the form cannot be read: "+err.Error(), http.StatusBadRequest)
			return
		}
		q.session = c.sessions.of(r)
		if err := q.admit(answer); err != nil {
			q.fail(err)
		}
	})
}

// setHeaders sets what keeps a page to itself. Styles with the nonce are those of the
// editor.
// https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
func (q *request) setHeaders() {
	h := q.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"+q.nonce+"'; img-src 'self' data:; "+
		"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// admit answers, or asks who it is: over a connection from another machine nobody is
// served who has not signed in.
func (q *request) admit(answer func(*request) error) error {
	signsIn := q.r.URL.Path == Path+"sign-in"
	if webguard.IsFar(q.r) && (q.session == nil || !q.session.signedIn()) && !signsIn {
		return q.showSignIn()
	}
	if q.session == nil && !signsIn {
		q.session = q.sessions.begin(q.w, q.r, q.rootIdentity())
	}
	return answer(q)
}

// variable returns a variable of the path, decoded.
func (q *request) variable(name string) string {
	value, err := url.PathUnescape(mux.Vars(q.r)[name])
	if err != nil {
		return mux.Vars(q.r)[name]
	}
	return value
}

// value returns a field of the form, or a parameter of the query, without spaces around it.
func (q *request) value(name string) string { return strings.TrimSpace(q.r.Form.Get(name)) }

// isPart reports whether htmx asks for a part of the page.
// https://four.htmx.org/docs/core-concepts/request-and-response-headers/
func (q *request) isPart() bool { return q.r.Header.Get("HX-Request-Type") == "partial" }

// show answers with a page: the template with the name, in the layout, or without it if
// htmx asks for a part.
func (q *request) show(status int, name, title string, data any) error {
	pages, err := q.pages()
	if err != nil {
		return err
	}
	v := q.view(title, data)
	var page bytes.Buffer
	block := "layout"
	if q.isPart() {
		block = "main"
	}
	if err := pages.execute(&page, name, block, v); err != nil {
		return err
	}
	q.send(status, page.Bytes())
	return nil
}

func (q *request) send(status int, body []byte) {
	q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	q.w.Header().Add("Vary", "HX-Request-Type")
	q.w.WriteHeader(status)
	_, _ = q.w.Write(body) // it fails only if the browser has gone
}

// done ends a change that succeeded: the page at the path, below Path, is shown next and
// says what was done.
func (q *request) done(path, sentence string) error {
	q.session.leave(sentence)
	http.Redirect(q.w, q.r, Path+path, http.StatusSeeOther)
	return nil
}

// again ends a change that failed: the page that it was made on is shown again, with the
// problem and what was entered.
func (q *request) again(err error, page func(*request) error) error {
	p, explained := q.explain(err)
	if !explained {
		return err
	}
	q.problem = p
	return page(q)
}

// fail answers with an error: what AWS and the routes say is shown, the rest is only logged.
func (q *request) fail(err error) {
	if q.r.Context().Err() != nil {
		return // the browser has gone
	}
	p, explained := q.explain(err)
	if !explained {
		q.Logger.Error("console", "method", q.r.Method, "path", q.r.URL.Path, "error", err)
		p = &Problem{Sentence: "The page could not be made because of a fault of the server; its log says more.",
			status: http.StatusInternalServerError}
	}
	q.problem = p
	if err := q.show(p.status, "problem", "A problem", nil); err != nil {
		q.Logger.Error("console", "error", err)
		http.Error(q.w, p.Sentence, http.StatusInternalServerError)
	}
}

func (q *request) notFound() error {
	return management.NotFound("there is no page %s", q.r.URL.Path)
}

// ctx is the context of the browser's request.
func (q *request) ctx() context.Context { return q.r.Context() }

// isFault reports whether an error is a Fault with the status.
func isFault(err error, status int) bool {
	var fault *management.Fault
	return errors.As(err, &fault) && fault.Status == status
}
