package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Within returns a transport that calls a handler in this process. Answers are streamed
// as over a network: what the handler writes can be read at once.
func Within(h http.Handler) http.RoundTripper { return within{h} }

type within struct{ handler http.Handler }

// RoundTrip calls the handler and returns when it has begun to answer.
func (t within) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	in := r.Clone(ctx)
	in.RequestURI = r.URL.RequestURI()
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	body, out := io.Pipe()
	w := &answerWriter{header: http.Header{}, out: out, begun: make(chan *http.Response, 1)}
	go w.run(t.handler, in)
	select {
	case answer := <-w.begun:
		answer.Request, answer.Body = r, &answerBody{body, cancel}
		return answer, nil
	case <-ctx.Done():
		cancel()
		_ = body.Close() // never fails
		return nil, context.Cause(r.Context())
	}
}

// answerWriter writes the answer into a pipe.
type answerWriter struct {
	header http.Header
	out    *io.PipeWriter
	begin  sync.Once
	begun  chan *http.Response
}

// run calls the handler. A panic ends the answer, as in net/http.
func (w *answerWriter) run(h http.Handler, r *http.Request) {
	defer func() {
		if p := recover(); p != nil {
			_ = w.out.CloseWithError(fmt.Errorf("the handler panicked: %v", p)) // never fails
		}
		w.WriteHeader(http.StatusOK)
		_ = w.out.Close() // never fails
	}()
	h.ServeHTTP(w, r)
}

// Header returns the header of the answer.
func (w *answerWriter) Header() http.Header { return w.header }

// WriteHeader begins the answer.
func (w *answerWriter) WriteHeader(status int) {
	w.begin.Do(func() {
		w.begun <- &http.Response{
			Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: received(w.header), ContentLength: -1,
		}
	})
}

// received is a header as a client reads it from a network: with the canonical forms of its
// names, whatever forms the handler has written.
func received(written http.Header) http.Header {
	h := make(http.Header, len(written))
	for name, values := range written {
		for _, v := range values {
			h.Add(name, v)
		}
	}
	return h
}

// Write writes to the client, which reads at the same time.
func (w *answerWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.out.Write(p)
}

// Flush begins the answer. Later writes are not buffered.
func (w *answerWriter) Flush() { w.WriteHeader(http.StatusOK) }

// answerBody ends the request when it is closed.
type answerBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close ends the request.
func (b *answerBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}
