package imds

import (
	"context"
	"sync"
	"time"
)

const (
	sessionLife = 6 * time.Hour
	renewBefore = time.Hour // EC2 promises five minutes at least
)

// sessions hands out sessions, each of them until it is nearly over.
type sessions struct {
	roles Roles
	now   func() time.Time

	mu   sync.Mutex
	held map[sessionKey]*held
}

// sessionKey identifies a session. A role that was made again has another ID.
type sessionKey struct{ role, service, name, delivery string }

type held struct {
	Credentials
	issued time.Time
}

// get returns the kept session, or starts one. Refusals are not kept, so that a corrected
// trust policy counts at once.
func (s *sessions) get(ctx context.Context, want *Session) (*held, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, now := sessionKey{want.Role.ID, want.Service, want.Name, want.Keys["ec2:RoleDelivery"]}, s.now()
	if h := s.held[key]; h != nil && h.Expiration.Sub(now) > renewBefore && !now.Before(h.issued) {
		return h, nil
	}
	want.Duration = sessionLife
	c, err := s.roles.Session(ctx, want)
	if err != nil {
		return nil, err
	}
	for k, h := range s.held { // those that are over
		if !h.Expiration.After(now) {
			delete(s.held, k)
		}
	}
	if s.held == nil {
		s.held = map[sessionKey]*held{}
	}
	h := &held{*c, now.UTC().Truncate(time.Second)}
	s.held[key] = h
	return h, nil
}
