package server

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
)

// follow lets a client follow the calls that end from now on, unless the most possible
// clients follow already. show turns each call into what the client sees: nothing, one
// item or several.
func follow[T any](s *Server, show func(context.Context, *events.Event) ([]*T, error)) (management.Follower[T], error) {
	return followFrom(s, func() source[events.Event] { return s.events.Follow() }, show)
}

// source is what happens, as a follower of package events or alerts reads it.
type source[S any] interface {
	Ready() <-chan struct{}
	Next() *S
	Lost() int
	Stop()
}

// followFrom is follow for any source.
func followFrom[S, T any](s *Server, begin func() source[S], show func(context.Context, *S) ([]*T, error)) (
	management.Follower[T], error,
) {
	most := s.options.Limits.Followers
	if int(s.followers.Add(1)) > most {
		s.followers.Add(-1)
		return nil, management.Unavailable("%d clients follow the server already; end one, or start the server with a greater --max-followers",
			most)
	}
	return &follower[S, T]{source: begin(), show: show, closing: s.closing, all: &s.followers}, nil
}

// follower shows what happens to package management, until the server stops.
type follower[S, T any] struct {
	source  source[S]
	show    func(context.Context, *S) ([]*T, error)
	waiting []*T // of what was read last
	closing <-chan struct{}
	all     *atomic.Int32 // how many followers there are
}

// Stop ends the following.
func (f *follower[S, T]) Stop() {
	f.source.Stop()
	f.all.Add(-1)
}

// Next waits for the next item, or for the news that some calls were lost.
func (f *follower[S, T]) Next(ctx context.Context) (*management.Streamed[T], error) {
	for {
		if e, err := f.read(ctx); e != nil || err != nil {
			return e, err
		}
		select {
		case <-f.source.Ready():
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.closing:
			return nil, io.EOF
		}
	}
}

// read returns what there is to tell; nil: nothing yet.
func (f *follower[S, T]) read(ctx context.Context) (*management.Streamed[T], error) {
	for {
		if len(f.waiting) > 0 {
			return f.take(0), nil
		}
		call := f.source.Next()
		if call == nil {
			return nil, nil
		}
		lost := f.source.Lost()
		var err error
		if f.waiting, err = f.show(ctx, call); err != nil {
			return nil, err
		}
		if lost > 0 {
			return f.take(lost), nil
		}
	}
}

// take is the first item that waits, with how many calls were lost before it.
func (f *follower[S, T]) take(lost int) *management.Streamed[T] {
	e := &management.Streamed[T]{Lost: lost}
	if len(f.waiting) > 0 {
		e.Item, f.waiting = f.waiting[0], f.waiting[1:]
	}
	return e
}
