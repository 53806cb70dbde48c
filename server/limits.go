package server

import "github.com/understudy-iam/understudy/internal/intake"

// Limits bound what clients can make the server hold. A limit that is 0 is its
// default. What exceeds one is refused with a sentence that names the flag of the
// command for it; docs/limits.md has them all.
type Limits struct {
	Connections int // that are open, on all listeners together; 10,000
	Bodies      int // bodies of requests that are under way; 2,000
	BodyMemory  int // bytes of these bodies; 512 MiB

	Accounts       int // that there may be when another one comes into being at its first use; 100,000
	Snapshots      int // that are kept; 100
	SnapshotMemory int // bytes of these; 1 GiB
	Followers      int // clients that follow what happens; 100
}

// DefaultLimits are the limits that are 0.
func DefaultLimits() Limits {
	return Limits{
		Connections: intake.DefaultConnections, Bodies: intake.DefaultBodies, BodyMemory: intake.DefaultBodyBytes,
		Accounts: 100_000, Snapshots: 100, SnapshotMemory: 1 << 30, Followers: 100,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, limit := range []struct{ n, usual *int }{
		{&l.Connections, &d.Connections}, {&l.Bodies, &d.Bodies}, {&l.BodyMemory, &d.BodyMemory}, {&l.Accounts, &d.Accounts},
		{&l.Snapshots, &d.Snapshots}, {&l.SnapshotMemory, &d.SnapshotMemory}, {&l.Followers, &d.Followers},
	} {
		if *limit.n == 0 {
			*limit.n = *limit.usual
		}
	}
	return l
}
