package console

import (
	"bytes"
	"net/http"
)

// eventStream is the type of server-sent events.
const eventStream = "text/event-stream"

// stream is an answer of server-sent events, each a part of a page.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
type stream struct{ q *request }

// stream begins one.
func (q *request) stream() *stream {
	q.w.Header().Set("Content-Type", eventStream)
	q.w.WriteHeader(http.StatusOK)
	s := &stream{q}
	_ = s.write([]byte(": begins\n\n")) // later writes fail too
	return s
}

// send sends a block of a page's templates.
func (s *stream) send(name, block string, data any) error {
	pages, err := s.q.pages()
	if err != nil {
		return err
	}
	var part bytes.Buffer
	if err := pages.execute(&part, name, block, data); err != nil {
		return err
	}
	var event bytes.Buffer
	for line := range bytes.Lines(part.Bytes()) {
		event.WriteString("data: ")
		event.Write(bytes.TrimRight(line, "\r\n"))
		event.WriteByte('\n')
	}
	event.WriteByte('\n')
	return s.write(event.Bytes())
}

func (s *stream) write(raw []byte) error {
	if _, err := s.q.w.Write(raw); err != nil {
		return err
	}
	return http.NewResponseController(s.q.w).Flush()
}
