package iamtest

import (
	"fmt"

	"github.com/understudy-iam/understudy/gateway"
)

// WithUpstream decides the calls of services other than IAM and STS too, and sends
// those that are allowed on to an emulator: a URL such as http://127.0.0.1:5000 for
// all services, s3,dynamodb=http://127.0.0.1:9000 for some, or emulator or
// emulator:PORT for AWS's own on this machine. It may be given several times.
//
// Clients of Server.Config call all services then, through the gateway.
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
// or "caller" for that of whoever calls. By default it is the server's own.
func WithUpstreamAccount(id string) Option {
	return func(c *config) {
		account, err := gateway.ParseAccount(id)
		c.faults = append(c.faults, err)
		c.server.Gateway.Account = account
	}
}

// WithUpstreamCA trusts the certificates in a file, in PEM, of upstreams with https.
func WithUpstreamCA(file string) Option { return func(c *config) { c.server.Gateway.CAFile = file } }

// WithUpstreamInsecure takes any certificate of an upstream.
func WithUpstreamInsecure() Option { return func(c *config) { c.server.Gateway.Insecure = true } }

// WithUpstreamMirror says whether the roles that calls pass, and the instance profiles and
// server certificates that they name, are made at the upstreams before such a call is sent
// on, as some emulators want it; they are by default.
func WithUpstreamMirror(on bool) Option { return func(c *config) { c.server.Gateway.NoMirror = !on } }

// WithGateway sets what becomes of calls whose operation is not known: "strict"
// denies them (the default), "lenient" lets them be decided by the name that they
// have, on every resource.
func WithGateway(mode string) Option {
	return func(c *config) {
		if mode != "strict" && mode != "lenient" {
			c.faults = append(c.faults, fmt.Errorf("gateway mode %q is none of strict and lenient", mode))
		}
		c.server.Gateway.Lenient = mode == "lenient"
	}
}
