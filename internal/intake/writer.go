package intake

import (
	"net/http"
	"time"
)

// writer gives up a client that does not read its answer. Each part of an answer is
// written under a deadline: the time that the part may take, with a tolerance of one
// percent. So a client that stops reading is cut off, however many answers it has read.
type writer struct {
	http.ResponseWriter
	run     *run
	control *http.ResponseController
	until   time.Time // the deadline, unless the server stops earlier; net/http removes it after the answer
	begun   bool      // the answer has begun
}

// begin removes the deadline that a stopping server has set for all connections: the
// handler may need more time before it answers.
func (w *writer) begin() {
	if w.run.until.Load() != 0 {
		_ = w.control.SetWriteDeadline(time.Time{})
	}
}

// end gives the client time for the answer of a handler that has written nothing.
func (w *writer) end() {
	if !w.begun {
		w.extend(0)
	}
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader begins an answer, which may have no more than a head.
func (w *writer) WriteHeader(status int) {
	w.extend(0)
	w.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the answer.
func (w *writer) Write(p []byte) (int, error) {
	w.extend(len(p))
	return w.ResponseWriter.Write(p)
}

// FlushError sends what has been written of the answer; http.ResponseController
// calls it.
func (w *writer) FlushError() error {
	w.extend(0)
	return w.control.Flush()
}

// extend gives the client time to read n bytes. A deadline that would hardly change
// is left as it is, except when the server stops: the deadline is then not the one
// in until.
func (w *writer) extend(n int) {
	w.begun = true
	t := &w.run.times
	allowed, begun := t.write+t.in(int64(n)), time.Now()
	if w.run.until.Load() == 0 && begun.Add(allowed).Sub(w.until).Abs() < allowed/100 {
		return
	}
	w.until = begun.Add(allowed)
	_ = w.control.SetWriteDeadline(begun.Add(allowed))
	if w.run.until.Load() != 0 {
		_ = w.control.SetWriteDeadline(begun.Add(min(allowed, t.rest)))
	}
}
