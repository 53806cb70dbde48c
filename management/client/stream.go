package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/management"
)

// Stream is a stream of what happens. One goroutine may use it.
type Stream[T any] struct {
	item  string
	url   string
	body  io.ReadCloser
	lines *bufio.Scanner
	raw   func(json.RawMessage)
}

// maxEvent is the maximum length of a line of a stream, in bytes. Records can be long.
const maxEvent = 16 << 20

// follow opens a stream of items with the name. When it returns, the server has begun to
// follow them.
func follow[T any](ctx context.Context, c *Client, call Call, item string) (*Stream[T], error) {
	body, err := c.Open(ctx, call)
	if err != nil {
		return nil, err
	}
	s := &Stream[T]{item: item, url: c.options.URL, body: body, lines: bufio.NewScanner(body), raw: c.options.Raw}
	s.lines.Buffer(nil, maxEvent)
	if !s.lines.Scan() || s.lines.Text() != ": "+management.StreamBegins(item) {
		return nil, errors.Join(fmt.Errorf("%w: the stream does not begin", ErrForeign), s.lines.Err(), body.Close())
	}
	return s, nil
}

// Next waits for the next event. The error is io.EOF if the server stops.
func (s *Stream[T]) Next() (*management.Streamed[T], error) {
	kind := ""
	for s.lines.Scan() {
		name, value, _ := strings.Cut(s.lines.Text(), ": ")
		switch name {
		case "event":
			kind = value
		case "data":
			return s.event(kind, value)
		}
	}
	if err := s.lines.Err(); err != nil {
		return nil, &unreachable{s.url, err}
	}
	return nil, io.EOF
}

func (s *Stream[T]) event(kind, data string) (*management.Streamed[T], error) {
	e := &management.Streamed[T]{}
	var err error
	switch kind {
	case management.LostItem:
		e.Lost, err = strconv.Atoi(data)
	case s.item:
		if s.raw != nil {
			s.raw(json.RawMessage(data))
		}
		err = json.Unmarshal([]byte(data), &e.Item)
	}
	if err != nil {
		return nil, foreign(err)
	}
	return e, nil
}

// Close ends the stream.
func (s *Stream[T]) Close() error { return s.body.Close() }
