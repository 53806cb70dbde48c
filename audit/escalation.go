package audit

// escalations are the known ways to become an administrator, in the order of their IDs.
func escalations() []Check { return nil }

// escalate finds the ways to administrator.
func (s *state) escalate() error { return nil }
