package management

import "net/http"

// lateSize is the number of bytes of an answer that are held back, so that an error in
// this part can still replace the answer.
const lateSize = 256 << 10

// lateAnswer is an answer that begins when it has become long, or when begin is called.
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

// begin sends what was held back.
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

// broken ends an answer that cannot be completed. If it has begun, the client has got the
// status of a complete answer, so the connection is broken to tell it.
func (h *handler) broken(r *http.Request, a *lateAnswer, err error) error {
	if !a.begun {
		return err
	}
	if r.Context().Err() == nil {
		h.Logger.Error("a management answer was broken off", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	panic(http.ErrAbortHandler) // net/http then breaks the connection
}
