package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
	"github.com/understudy-iam/understudy/server"
)

// endpoint is what serve and env must agree on.
type endpoint struct {
	Addr                string `default:"127.0.0.1:4260" env:"UNDERSTUDY_ADDR" help:"Address to listen on, host:port; port 0 takes a free one."`
	RootAccessKeyID     string `default:"test" name:"root-access-key-id" env:"UNDERSTUDY_ROOT_ACCESS_KEY_ID" help:"Access key ID of the account's root user."`
	RootSecretAccessKey string `default:"test" name:"root-secret-access-key" env:"UNDERSTUDY_ROOT_SECRET_ACCESS_KEY" help:"Secret access key of the account's root user."`
}

type serveCommand struct {
	endpoint
	DataDir     string `name:"data-dir" env:"UNDERSTUDY_DATA_DIR" placeholder:"DIR" help:"Keep the state in this directory; without it, state is in memory and gone at the end."`
	Account     string `default:"000000000000" env:"UNDERSTUDY_ACCOUNT" help:"Account ID of the root credentials, 12 digits."`
	Enforcement string `default:"on" env:"UNDERSTUDY_ENFORCEMENT" help:"on: deny what policies do not allow; log: record it and let it pass; off: do neither."`
	Seed        string `env:"UNDERSTUDY_SEED" placeholder:"FILE" help:"Fill the state from this YAML file: accounts, users, groups, roles, policies, an organization. Applied whole or not at all; what exists is brought to what it says."`
	Decisions   int    `default:"10000" env:"UNDERSTUDY_DECISIONS" placeholder:"N" help:"Keep the last N decisions for explain and watch; 0 keeps none."`
	LogLevel    string `default:"info" name:"log-level" env:"UNDERSTUDY_LOG_LEVEL" help:"Least level that is logged: debug, info, warn or error; info has a line for each request."`
	LogFormat   string `default:"text" name:"log-format" env:"UNDERSTUDY_LOG_FORMAT" help:"Form of the log on standard error: text or json."`
	RootAssume  string `default:"allow" name:"root-assume-role" env:"UNDERSTUDY_ROOT_ASSUME_ROLE" help:"allow: root may assume a role that trusts its account; deny: it may not, as in AWS."`
	NameARN     bool   `name:"name-policy-arn" env:"UNDERSTUDY_NAME_POLICY_ARN" help:"End explicit denials with the ARN of the managed policy that denies. AWS has begun to do so in 2026; by default they end without."`
	Simulator   string `default:"aws" env:"UNDERSTUDY_SIMULATOR" help:"aws: the simulation calls answer as AWS's policy simulator does; strict: they say what enforcement would do."`
	TrustProxy  bool   `name:"trust-forwarded-for" env:"UNDERSTUDY_TRUST_FORWARDED_FOR" help:"Take aws:SourceIp from X-Forwarded-For. Only behind a proxy that sets it."`

	OIDCKeys map[string]string `name:"oidc-keys" env:"UNDERSTUDY_OIDC_KEYS" placeholder:"ISSUER=FILE;..." help:"Take the keys of an OpenID Connect issuer (https://...) from this JSON Web Key Set; the issuer is not asked."`

	MaxUsers int `name:"quota-users" env:"UNDERSTUDY_QUOTA_USERS" placeholder:"N" help:"Users per account; AWS's quota is 5000."`
}

// Run starts the server and ends it on SIGINT or SIGTERM.
func (c *serveCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logger, err := c.logger()
	if err != nil {
		return err
	}
	options, err := c.options(logger)
	if err != nil {
		return err
	}
	ln, err := listen(c.Addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	options.Store, err = c.open(logger)
	if err != nil {
		return err
	}
	defer func() {
		if err := options.Store.Close(); err != nil {
			logger.Error("closing the store", "error", err)
		}
	}()
	if err := c.seed(options, logger); err != nil {
		return err
	}
	s, err := server.New(options)
	if err != nil {
		return err
	}
	c.announce(ln, logger)
	if err := s.Serve(ctx, ln); err != nil {
		return fmt.Errorf("the server has stopped: %w", err)
	}
	logger.Info("stopped")
	return nil
}

// seed applies the seed file, if there is one.
func (c *serveCommand) seed(o server.Options, logger *slog.Logger) error {
	if c.Seed == "" {
		return nil
	}
	err := seed.ApplyFile(seed.Options{Store: o.Store, Quotas: o.Quotas}, c.Seed)
	if err != nil {
		return fmt.Errorf("--seed: %w", err)
	}
	logger.Info("seeded", "file", c.Seed)
	return nil
}

func (c *serveCommand) logger() (*slog.Logger, error) {
	var o slog.HandlerOptions
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("--log-level %q is none of debug, info, warn and error; use one of them", c.LogLevel)
	}
	o.Level = level
	switch c.LogFormat {
	case "text":
		return slog.New(slog.NewTextHandler(os.Stderr, &o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(os.Stderr, &o)), nil
	}
	return nil, fmt.Errorf("--log-format %q is neither text nor json; use one of them", c.LogFormat)
}

func (c *serveCommand) options(logger *slog.Logger) (server.Options, error) {
	mode, err := authz.ParseMode(c.Enforcement)
	if err != nil {
		return server.Options{}, fmt.Errorf("--enforcement %q is none of on, log and off; use one of them", c.Enforcement)
	}
	if !principal.ValidAccountID(c.Account) {
		return server.Options{}, fmt.Errorf("--account %q is not an account ID; give 12 digits", c.Account)
	}
	if c.RootAccessKeyID == "" || c.RootSecretAccessKey == "" {
		return server.Options{}, errors.New("--root-access-key-id and --root-secret-access-key must not be empty; give both or leave both out")
	}
	if c.RootAssume != "allow" && c.RootAssume != "deny" {
		return server.Options{}, fmt.Errorf("--root-assume-role %q is neither allow nor deny; use one of them", c.RootAssume)
	}
	if c.Decisions < 0 {
		return server.Options{}, fmt.Errorf("--decisions %d is negative; give 0 to keep none", c.Decisions)
	}
	if c.Simulator != "aws" && c.Simulator != "strict" {
		return server.Options{}, fmt.Errorf("--simulator %q is neither aws nor strict; use one of them", c.Simulator)
	}
	o := server.Options{
		Account: c.Account, RootAccessKeyID: c.RootAccessKeyID, RootSecretAccessKey: c.RootSecretAccessKey,
		Enforcement: mode, DenyRootAssumeRole: c.RootAssume == "deny", TrustForwardedFor: c.TrustProxy,
		StrictSimulation: c.Simulator == "strict", NamePolicyARN: c.NameARN,
		Logger: logger, Version: version,
	}
	if o.OIDCKeys, err = readKeys(c.OIDCKeys); err != nil {
		return server.Options{}, err
	}
	o.Quotas.UsersPerAccount = c.MaxUsers
	if o.Decisions = c.Decisions; c.Decisions == 0 {
		o.Decisions = -1 // the server's own zero value is the default
	}
	return o, nil
}

func (c *serveCommand) open(logger *slog.Logger) (persistence.Store, error) {
	store, err := badgerstore.Open(badgerstore.Options{Dir: c.DataDir, Logger: logger})
	if err != nil {
		return nil, fmt.Errorf("--data-dir: %w", err)
	}
	return store, nil
}

func listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("--addr %q is not host:port; give one such as 127.0.0.1:4260", addr)
	}
	ln, err := net.Listen("tcp", net.JoinHostPort(host, port))
	switch {
	case err == nil:
		return ln, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another process; stop it, or choose another address with --addr", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s may not be opened by this user; choose a port above 1023 with --addr", addr)
	}
	return nil, fmt.Errorf("cannot listen on %s (%w); choose an address of this machine with --addr", addr, rootCause(err))
}

// rootCause is the innermost error: the outer ones repeat the address.
func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// announce says on standard output where the server is and how to use it.
func (c *serveCommand) announce(ln net.Listener, logger *slog.Logger) {
	state := "in memory"
	if c.DataDir != "" {
		state = "in " + c.DataDir
	}
	addr := ln.Addr().String()
	logger.Info("listening", "addr", addr, "account", c.Account, "state", state, "enforcement", c.Enforcement)
	hint := "understudy env"
	if addr != defaultAddr {
		hint += " --addr " + addr
	}
	if c.RootAccessKeyID != server.DefaultRootAccessKeyID {
		hint += " --root-access-key-id " + c.RootAccessKeyID
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Understudy %s is AWS IAM and STS on http://%s (account %s, state %s, enforcement %s).\n",
		version, addr, c.Account, state, c.Enforcement)
	fmt.Fprintf(&b, "Point a client at it:  eval \"$(%s)\"  or set AWS_ENDPOINT_URL=http://%s and the keys %s / ****.\n",
		hint, addr, c.RootAccessKeyID)
	fmt.Fprint(os.Stdout, b.String())
}
