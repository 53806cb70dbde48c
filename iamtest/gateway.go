package iamtest

import (
	"fmt"

	"github.com/understudy-iam/understudy/gateway"
)

// WithUpstream decides the calls of services other than IAM and STS too, and
// forwards those that are allowed to an emulator. The upstream is a URL such as
// http://127.0.0.1:5000 for all services, s3,dynamodb=http://127.0.0.1:9000 for
// some, or emulator or emulator:PORT for AWS's own emulator on this machine. It may
// be given several times.
//
// Clients of Server.Config then call all services through the gateway.
func WithUpstream(upstream string) Option {
	return func(c *config) {
		u, err := gateway.ParseUpstream(upstream)
		c.faults = append(c.faults, err)
		c.server.Gateway.Upstreams = append(c.server.Gateway.Upstreams, u)
	}
}

// WithUpstreamCredentials sets how calls are signed for the upstreams: "account",
// "keep", "strip" or "KEYID:SECRET"; see docs/gateway.md.
func WithUpstreamCredentials(credentials string) Option {
	return func(c *config) {
		s, err := gateway.ParseSigning(credentials)
		c.faults = append(c.faults, err)
		c.server.Gateway.Signing = s
	}
}

// WithUpstreamAccount sets the account whose resources the upstreams hold, 12 digits,
// or "caller" for the caller's account. The default is the server's own account.
func WithUpstreamAccount(id string) Option {
	return func(c *config) {
		account, err := gateway.ParseAccount(id)
		c.faults = append(c.faults, err)
		c.server.Gateway.Account = account
	}
}

// WithUpstreamCA makes the gateway trust the PEM certificates in a file for
// upstreams with https.
func WithUpstreamCA(file string) Option { return func(c *config) { c.server.Gateway.CAFile = file } }

// WithUpstreamInsecure accepts any certificate from an upstream.
func WithUpstreamInsecure() Option { return func(c *config) { c.server.Gateway.Insecure = true } }

// WithUpstreamMirror sets whether the roles that calls pass, and the instance profiles and
// server certificates that they name, are created at the upstreams before such a call is
// forwarded, as some emulators require. The default is true.
func WithUpstreamMirror(on bool) Option { return func(c *config) { c.server.Gateway.NoMirror = !on } }

// WithGateway sets what happens to calls whose operation is not known: "strict"
// (the default) denies them, "lenient" decides them by the name that they have, for
// every resource.
func WithGateway(mode string) Option {
	return func(c *config) {
		if mode != "strict" && mode != "lenient" {
			c.faults = append(c.faults, fmt.Errorf("gateway mode %q is none of strict and lenient", mode))
		}
		c.server.Gateway.Lenient = mode == "lenient"
	}
}
