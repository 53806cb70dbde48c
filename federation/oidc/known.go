package oidc

import (
	"context"
	"strings"
	"sync"
	"time"
)

// How long an issuer's answer is used.
const (
	keptFor = 5 * time.Minute

	// askPause is how long an issuer is not asked again, whether it has answered or not. So
	// somebody who sends tokens with invented key IDs makes the server ask only once in this time,
	// and a new key is found after it.
	askPause = 10 * time.Second

	// maxIssuers is how many issuers' answers are kept; the one that was asked the longest time ago
	// is dropped first. An account has at most 100 issuers at AWS.
	maxIssuers = 256
)

// Source finds the keys of issuers. It keeps fetched keys for some minutes, and a failure to fetch
// them for some seconds. It is safe for concurrent use.
type Source struct {
	options SourceOptions

	mu    sync.Mutex
	known map[string]*known // by URL and thumbprints
}

// known is what is known about an issuer.
type known struct {
	asking chan struct{} // holds a value while the issuer is asked

	// The fields below belong to the goroutine that is asking, or else to the holder of Source.mu.
	keys    *Keys // nil: none were fetched
	fetched time.Time
	asked   time.Time // zero: never
	err     error     // of the last time that it was asked
}

// NewSource makes a Source.
func NewSource(o SourceOptions) *Source {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Source{options: o, known: map[string]*known{}}
}

// Keys returns the keys of the issuer. If they are known and the key ID is not
// among them, the issuer is asked anew: it may have changed its keys.
func (s *Source) Keys(ctx context.Context, issuer Issuer, keyID string) (*Keys, error) {
	if k, ok := s.options.Fixed[issuer.URL]; ok {
		return k, nil
	}
	if s.options.Local != nil {
		if k, err := s.options.Local(ctx, keyID); k != nil || err != nil {
			return k, err
		}
	}
	k := s.of(issuer)
	if keys, ok, err := s.answer(k, keyID); ok {
		return keys, err
	}
	select { // one goroutine asks, and the others wait for the answer
	case k.asking <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-k.asking }()
	if keys, ok, err := s.answer(k, keyID); ok {
		return keys, err
	}
	return s.ask(ctx, issuer, k)
}

// of returns what is known about the issuer.
func (s *Source) of(issuer Issuer) *known {
	id := issuer.URL + " " + strings.Join(issuer.Thumbprints, " ")
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.known[id]
	if k == nil {
		if len(s.known) >= maxIssuers {
			s.forgetOne()
		}
		k = &known{asking: make(chan struct{}, 1)}
		s.known[id] = k
	}
	return k
}

func (s *Source) forgetOne() {
	var oldest string
	for id, k := range s.known {
		if o := s.known[oldest]; o == nil || k.asked.Before(o.asked) {
			oldest = id
		}
	}
	delete(s.known, oldest)
}

// answer returns what is known without asking; ok is false if the issuer must be asked.
func (s *Source) answer(k *known, keyID string) (keys *Keys, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	fresh := k.keys != nil && within(now, k.fetched, keptFor)
	switch {
	case fresh && k.keys.Has(keyID):
		return k.keys, true, nil
	case k.asked.IsZero() || !within(now, k.asked, askPause):
		return nil, false, nil
	case k.err != nil:
		return nil, true, k.err
	}
	return k.keys, fresh, nil
}

// within reports whether a time is less than d ago. A time in the future is not: the clock was
// moved back.
func within(now, t time.Time, d time.Duration) bool {
	age := now.Sub(t)
	return 0 <= age && age < d
}

// ask asks the issuer. It goes on when the caller has gone, since that says nothing about the issuer.
func (s *Source) ask(ctx context.Context, issuer Issuer, k *known) (*Keys, error) {
	keys, err := fetch(ctx, issuer)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k.asked, k.err = s.options.Now(), err
	if err == nil {
		k.keys, k.fetched = keys, k.asked
	}
	return keys, err
}
