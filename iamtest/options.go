package iamtest

import (
	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/server"
)

// An Option changes how a server starts.
type Option func(*config)

type config struct {
	server  server.Options
	dataDir string
	texts   []string // of seeds
	changes []func(*server.Options)
	sinks   []alerts.SinkConfig
	faults  []error // of options
}

// WithDataDir keeps the state in a directory, so that a later server can use it.
func WithDataDir(dir string) Option { return func(c *config) { c.dataDir = dir } }

// WithSeed fills the state from a YAML file; see package seed, and Server.Seed
// for a string.
func WithSeed(file string) Option {
	return func(c *config) { c.server.Seeds = append(c.server.Seeds, file) }
}

// WithSeedText fills the state from the text of a seed file, after the files; see
// package seed.
func WithSeedText(yaml string) Option {
	return func(c *config) { c.texts = append(c.texts, yaml) }
}

// WithEnforcement sets what happens to calls that policies do not allow: "on" (the
// default) denies them, "log" records them and lets them pass, "off" does neither.
func WithEnforcement(mode string) Option {
	return func(c *config) {
		m, err := authz.ParseMode(mode)
		c.faults = append(c.faults, err)
		c.server.Enforcement = m
	}
}

// WithLint sets what happens when lint finds an error or a security warning in a policy
// that a caller puts: "log" (the default) logs it, which needs a logger; "refuse" logs
// it and refuses the policy with MalformedPolicyDocument; "off" does neither. See
// package lint.
func WithLint(mode string) Option {
	return func(c *config) {
		m, err := server.ParseLintMode(mode)
		c.faults = append(c.faults, err)
		c.server.Lint = m
	}
}

// WithAccount sets the default account, instead of 000000000000: 12 digits.
// Server.IAM and Server.STS sign as its root user.
func WithAccount(id string) Option {
	return func(c *config) { c.server.Account = id }
}

// WithPartition puts the server into another partition than aws: aws-cn or
// aws-us-gov. Its ARNs name that partition, and its clients sign for a region in it.
func WithPartition(p principal.Partition) Option {
	return func(c *config) { c.server.Partition = p }
}

// WithQuotas sets quotas; for fields that are zero, AWS's quotas apply.
func WithQuotas(q iam.Quotas) Option { return func(c *config) { c.server.Quotas = q } }

// WithStrictSimulation makes simulation calls return what enforcement would decide,
// without the quirks of AWS's policy simulator.
func WithStrictSimulation() Option { return func(c *config) { c.server.StrictSimulation = true } }

// WithSecureTransport sets whether aws:SecureTransport is true for all calls of IAM
// and STS, as at AWS, whose endpoints accept only TLS (the default). With false, its
// value depends on the connection, so that a test sees what a policy does without
// TLS.
func WithSecureTransport(on bool) Option {
	return func(c *config) { c.server.PlainTransport = !on }
}

// WithServer changes the other options of the server. The store is already open,
// and may be replaced by one that wraps it, such as one that fails.
func WithServer(change func(*server.Options)) Option {
	return func(c *config) { c.changes = append(c.changes, change) }
}
