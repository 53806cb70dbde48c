package main

import (
	"fmt"

	"github.com/understudy-iam/understudy/server"
)

// limitFlags are the flags of serve for what clients can make the server hold.
type limitFlags struct {
	Connections int  `group:"Limits:" default:"10000" name:"max-connections" env:"UNDERSTUDY_MAX_CONNECTIONS" placeholder:"N" help:"Keep at most so many connections open; a new one takes the place of the one that has waited longest for a request."`
	Bodies      int  `group:"Limits:" default:"2000" name:"max-bodies" env:"UNDERSTUDY_MAX_BODIES" placeholder:"N" help:"Read the bodies of at most so many requests at once; clients are told to try again."`
	BodyMemory  size `group:"Limits:" default:"512MiB" name:"max-body-memory" env:"UNDERSTUDY_MAX_BODY_MEMORY" placeholder:"SIZE" help:"Hold at most so many bytes of these bodies; an import may have 256MiB."`
}

// limits are those of the server.
func (f *limitFlags) limits() (server.Limits, error) {
	for _, given := range []struct {
		flag string
		n    int
	}{
		{"max-connections", f.Connections}, {"max-bodies", f.Bodies},
	} {
		if given.n < 1 {
			return server.Limits{}, fmt.Errorf("--%s %d leaves no room for a request; give a number above 0", given.flag, given.n)
		}
	}
	return server.Limits{Connections: f.Connections, Bodies: f.Bodies, BodyMemory: int(f.BodyMemory)}, nil
}
