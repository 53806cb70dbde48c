package main

import (
	"fmt"

	"github.com/understudy-iam/understudy/server"
)

// limitFlags are the flags of serve that limit how much clients can make the server hold.
type limitFlags struct {
	Connections    int  `group:"Limits:" default:"10000" name:"max-connections" env:"UNDERSTUDY_MAX_CONNECTIONS" placeholder:"N" help:"@limitConnections"`
	Bodies         int  `group:"Limits:" default:"2000" name:"max-bodies" env:"UNDERSTUDY_MAX_BODIES" placeholder:"N" help:"@limitBodies"`
	BodyMemory     size `group:"Limits:" default:"512MiB" name:"max-body-memory" env:"UNDERSTUDY_MAX_BODY_MEMORY" placeholder:"SIZE" help:"@limitBodyMemory"`
	Accounts       int  `group:"Limits:" default:"100000" name:"max-accounts" env:"UNDERSTUDY_MAX_ACCOUNTS" placeholder:"N" help:"@limitAccounts"`
	Snapshots      int  `group:"Limits:" default:"100" name:"max-snapshots" env:"UNDERSTUDY_MAX_SNAPSHOTS" placeholder:"N" help:"@limitSnapshots"`
	SnapshotMemory size `group:"Limits:" default:"1GiB" name:"max-snapshot-memory" env:"UNDERSTUDY_MAX_SNAPSHOT_MEMORY" placeholder:"SIZE" help:"@limitSnapshotMemory"`
	Followers      int  `group:"Limits:" default:"100" name:"max-followers" env:"UNDERSTUDY_MAX_FOLLOWERS" placeholder:"N" help:"@limitFollowers"`
}

// limits are the limits of the server.
func (f *limitFlags) limits() (server.Limits, error) {
	for _, given := range []struct {
		flag string
		n    int
	}{
		{"max-connections", f.Connections}, {"max-bodies", f.Bodies}, {"max-accounts", f.Accounts}, {"max-snapshots", f.Snapshots},
		{"max-followers", f.Followers},
	} {
		if given.n < 1 {
			return server.Limits{}, fmt.Errorf("--%s %d is below 1; give a higher number, or leave it out", given.flag, given.n)
		}
	}
	return server.Limits{
		Connections: f.Connections, Bodies: f.Bodies, BodyMemory: int(f.BodyMemory),
		Accounts: f.Accounts, Snapshots: f.Snapshots, SnapshotMemory: int(f.SnapshotMemory), Followers: f.Followers,
	}, nil
}
