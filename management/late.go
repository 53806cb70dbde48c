package management

import "net/http"

// lateSize is how much of an answer is kept back, in bytes: so much can be made
// before it is known whether there is a fault to answer instead.
const lateSize = 256 << 10

// lateAnswer is an answer that begins when it gets long, or with begin.
type lateAnswer struct {
	w           http.ResponseWriter
	contentType string
	kept        []byte
	begun       bool
}

// Write implements io.Writer.
func (a *lateAnswer) Write(p []byte) (int, error) {
	if a.begun {
		return a.w.Write(p)
	}
	a.kept = append(a.kept, p...)
	if len(a.kept) < lateSize {
		return len(p), nil
	}
	return len(p), a.begin()
}

// begin sends what was kept back.
func (a *lateAnswer) begin() error {
	if a.begun {
		return nil
	}
	a.begun = true
	a.w.Header().Set("Content-Type", a.contentType)
	_, err := a.w.Write(a.kept)
	a.kept = nil
	return err
}

// broken ends an answer that cannot be completed. If it has begun, its client has
// the status of a whole one; that the connection breaks tells it otherwise.
func (h *handler) broken(r *http.Request, a *lateAnswer, err error) error {
	if !a.begun {
		return err
	}
	if r.Context().Err() == nil {
		h.Logger.Error("a management answer was broken off", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	panic(http.ErrAbortHandler) // the way of net/http to say so
}
