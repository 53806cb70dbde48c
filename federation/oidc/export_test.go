package oidc

// Known is how many issuers something is known of.
func (s *Source) Known() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.known)
}
