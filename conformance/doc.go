// Package conformance holds black-box suites: real clients against a server of
// which they know a URL and credentials. Those with the SDK for Go start their
// server with iamtest and run with all other tests. Those with other clients run
// with `make conformance`, under the build tag of that name; UNDERSTUDY_BINARY
// names the server to start.
//
// Caveats: a missing client is a failure, not a skip.
package conformance
