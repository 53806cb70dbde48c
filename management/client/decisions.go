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

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/management"
)

// Decisions lists the last decisions, the newest first.
func (c *Client) Decisions(ctx context.Context, q *management.DecisionQuery) ([]*decisions.Record, error) {
	var answer management.DecisionList
	err := c.Do(ctx, Call{Route: management.ListDecisions, Query: q.Query()}, &answer)
	return answer.Decisions, err
}

// Decision is the decision about one request.
func (c *Client) Decision(ctx context.Context, requestID string) (*decisions.Record, error) {
	return get[decisions.Record](ctx, c, Call{Route: management.ShowDecision, Variables: []string{requestID}})
}

// Authorize decides a question. Of the answer the member Allowed
// is what to go by; if enforcement is off, it has no others. The error is a
// *management.Unauthenticated for a caller who is not who they claim to be.
func (c *Client) Authorize(ctx context.Context, q *management.Question) (*decisions.Record, error) {
	return get[decisions.Record](ctx, c, Call{Route: management.Authorize, Body: q})
}

// WhoCan asks for a page of who may do something.
func (c *Client) WhoCan(ctx context.Context, q *management.WhoCan) (*management.WhoCanAnswer, error) {
	return get[management.WhoCanAnswer](ctx, c, Call{Route: management.AskWhoCan, Body: q})
}

// Principal finds who is meant by what was written, see management.Identity.
func (c *Client) Principal(ctx context.Context, written string) (*management.Identity, error) {
	return get[management.Identity](ctx, c, Call{Route: management.ShowPrincipal, Variables: []string{written}})
}

// Stream is a stream of decisions. One goroutine may use it.
type Stream struct {
	url   string
	body  io.ReadCloser
	lines *bufio.Scanner
	raw   func(json.RawMessage)
}

// maxEvent bounds one line of a stream, in bytes: a record may be long.
const maxEvent = 16 << 20

// FollowDecisions follows the decisions from now on. When it returns, the server
// has begun to follow them. Close the stream.
func (c *Client) FollowDecisions(ctx context.Context, q *management.DecisionQuery) (*Stream, error) {
	body, err := c.Open(ctx, Call{Route: management.StreamDecisions, Query: q.Query()})
	if err != nil {
		return nil, err
	}
	s := &Stream{url: c.options.URL, body: body, lines: bufio.NewScanner(body), raw: c.options.Raw}
	s.lines.Buffer(nil, maxEvent)
	if !s.lines.Scan() || s.lines.Text() != ": "+management.StreamBegins {
		return nil, errors.Join(fmt.Errorf("%w: the stream does not begin", ErrForeign), s.lines.Err(), body.Close())
	}
	return s, nil
}

// Next waits for the next event. The error is io.EOF when the server stops.
func (s *Stream) Next() (*management.DecisionEvent, error) {
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

func (s *Stream) event(kind, data string) (*management.DecisionEvent, error) {
	e := &management.DecisionEvent{}
	var err error
	switch kind {
	case management.LostEventName:
		e.Lost, err = strconv.Atoi(data)
	case management.DecisionEventName:
		if s.raw != nil {
			s.raw(json.RawMessage(data))
		}
		err = json.Unmarshal([]byte(data), &e.Decision)
	}
	if err != nil {
		return nil, foreign(err)
	}
	return e, nil
}

// Close ends the stream.
func (s *Stream) Close() error { return s.body.Close() }
