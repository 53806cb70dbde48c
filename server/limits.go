package server

import "github.com/understudy-iam/understudy/internal/intake"

// Defaults of Limits.
const (
	DefaultConnections = intake.DefaultConnections
	DefaultBodies      = intake.DefaultBodies
	DefaultBodyMemory  = intake.DefaultBodyBytes
)

// Limits bound what clients can make the server hold. A limit that is 0 is its
// default. What exceeds one is refused with a sentence that names the flag of the
// command for it; docs/limits.md has them all.
type Limits struct {
	Connections int // that are open, on all listeners together
	Bodies      int // bodies of requests that are under way
	BodyMemory  int // bytes of these bodies
}
