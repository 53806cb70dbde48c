package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/internal/webguard"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/server"
)

// endpoint has the flags on which serve and env must agree.
type endpoint struct {
	Addr                string `group:"Server:" default:"127.0.0.1:4260" env:"UNDERSTUDY_ADDR" help:"@endpointAddr"`
	RootAccessKeyID     string `group:"Server:" default:"test" name:"root-access-key-id" env:"UNDERSTUDY_ROOT_ACCESS_KEY_ID" help:"@endpointRootAccessKeyID"`
	RootSecretAccessKey string `group:"Server:" default:"test" name:"root-secret-access-key" env:"UNDERSTUDY_ROOT_SECRET_ACCESS_KEY" help:"@endpointRootSecretAccessKey"`
}

type serveCommand struct {
	endpoint
	partitionFlag
	JSON        bool     `name:"json" help:"Announce the server in one line of JSON."`
	DataDir     string   `group:"State:" complete:"dir" name:"data-dir" env:"UNDERSTUDY_DATA_DIR" placeholder:"DIR" help:"@serveDataDir"`
	Store       string   `group:"State:" name:"store" env:"UNDERSTUDY_STORE" placeholder:"URL" help:"@serveStore"`
	Sync        bool     `group:"State:" name:"sync" env:"UNDERSTUDY_SYNC" help:"@serveSync"`
	AcceptLoss  bool     `group:"State:" name:"accept-loss" env:"UNDERSTUDY_ACCEPT_LOSS" help:"@serveAcceptLoss"`
	Account     string   `group:"State:" default:"000000000000" env:"UNDERSTUDY_ACCOUNT" help:"Account ID of the root credentials, 12 digits."`
	Enforcement string   `group:"Decisions:" enum:"on,log,off" default:"on" env:"UNDERSTUDY_ENFORCEMENT" help:"@serveEnforcement"`
	Seed        []string `group:"State:" complete:"file" env:"UNDERSTUDY_SEED" placeholder:"FILE" help:"@serveSeed"`
	WatchSeed   bool     `group:"State:" name:"watch-seed" env:"UNDERSTUDY_WATCH_SEED" help:"@serveWatchSeed"`
	Faults      string   `group:"State:" complete:"file" env:"UNDERSTUDY_FAULTS" placeholder:"FILE" help:"@serveFaults"`
	LogLevel    string   `group:"Log:" enum:"debug,info,warn,error" default:"info" name:"log-level" env:"UNDERSTUDY_LOG_LEVEL" help:"@serveLogLevel"`
	LogFormat   string   `group:"Log:" enum:"text,json" default:"text" name:"log-format" env:"UNDERSTUDY_LOG_FORMAT" help:"@serveLogFormat"`
	RootAssume  string   `group:"Decisions:" enum:"allow,deny" default:"allow" name:"root-assume-role" env:"UNDERSTUDY_ROOT_ASSUME_ROLE" help:"@serveRootAssume"`
	Lint        string   `group:"Decisions:" enum:"off,log,refuse" default:"log" env:"UNDERSTUDY_LINT" help:"@serveLint"`
	NameARN     bool     `group:"Decisions:" name:"name-policy-arn" env:"UNDERSTUDY_NAME_POLICY_ARN" help:"@serveNameARN"`
	Simulator   string   `group:"Decisions:" enum:"aws,strict" default:"aws" env:"UNDERSTUDY_SIMULATOR" help:"@serveSimulator"`
	AllowHost   []string `group:"Server:" name:"allow-host" env:"UNDERSTUDY_ALLOW_HOST" placeholder:"NAME" help:"@serveAllowHost"`
	AllowOrigin []string `group:"Server:" name:"allow-origin" env:"UNDERSTUDY_ALLOW_ORIGIN" placeholder:"ORIGIN" help:"@serveAllowOrigin"`
	Console     string   `group:"Server:" enum:"on,off" default:"on" env:"UNDERSTUDY_CONSOLE" help:"@serveConsole"`
	Signatures  bool     `group:"Decisions:" name:"debug-signatures" env:"UNDERSTUDY_DEBUG_SIGNATURES" help:"@serveSignatures"`
	TrustProxy  bool     `group:"Decisions:" name:"trust-forwarded-for" env:"UNDERSTUDY_TRUST_FORWARDED_FOR" help:"@serveTrustProxy"`

	SAML      string            `group:"Federation:" enum:"aws,strict" default:"aws" env:"UNDERSTUDY_SAML" help:"@serveSAML"`
	OIDCKeys  map[string]string `group:"Federation:" name:"oidc-keys" env:"UNDERSTUDY_OIDC_KEYS" placeholder:"ISSUER=FILE;..." help:"@serveOIDCKeys"`
	Thumbs    string            `group:"Federation:" enum:"derive,fetch" default:"derive" name:"oidc-thumbprints" env:"UNDERSTUDY_OIDC_THUMBPRINTS" help:"@serveThumbs"`
	STSGlobal string            `group:"Federation:" name:"sts-global-region" env:"UNDERSTUDY_STS_GLOBAL_REGION" placeholder:"REGION" help:"@serveSTSGlobal"`
	IDP       bool              `group:"Federation:" name:"idp" env:"UNDERSTUDY_IDP" help:"@serveIDP"`

	Upstream upstreamFlags `embed:""`
	IMDS     imdsFlags     `embed:""`
	Events   eventFlags    `embed:""`
	Alerts   alertFlags    `embed:""`
	Limits   limitFlags    `embed:""`

	SecureTransport bool `group:"Decisions:" default:"true" name:"secure-transport" env:"UNDERSTUDY_SECURE_TRANSPORT" help:"@serveSecureTransport"`

	MaxUsers int `group:"State:" name:"quota-users" env:"UNDERSTUDY_QUOTA_USERS" placeholder:"N" help:"@serveMaxUsers"`
}

// Help is the end of the help text.
func (*serveCommand) Help() string {
	return `Each flag is also an environment variable. The server answers until it is interrupted; the state is in memory ` +
		`unless --data-dir names a directory or --store a database.

    understudy serve
    understudy serve --seed iam.yaml --watch-seed --enforcement log
    understudy serve --data-dir ./state --addr 127.0.0.1:0 --json`
}

// Run starts the server and ends it on SIGINT or SIGTERM.
func (c *serveCommand) Run() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	defer stop()
	logger, err := c.logger()
	if err != nil {
		return err
	}
	options, err := c.options(logger)
	if err == nil {
		err = c.Alerts.set(&options)
	}
	if err != nil {
		return usageError{err}
	}
	ln, err := listen("--addr", c.Addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	metadata, err := c.IMDS.listen()
	if err != nil {
		return err
	}
	options.Store, err = c.open(ctx, logger)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := options.Store.Close(); closeErr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", c.storeFlag(), closeErr))
		}
		if err == nil {
			c.farewell()
		}
	}()
	s, err := server.New(options)
	if err != nil {
		return c.Events.told(err)
	}
	if err := c.seed(ctx, s); err != nil {
		return err
	}
	if err := c.reseed(ctx, s, logger); err != nil {
		return err
	}
	if err := c.Alerts.watch(ctx, s, logger); err != nil {
		return err
	}
	c.IMDS.serve(ctx, s, metadata, logger)
	c.announce(ln, metadata, &options, logger)
	go s.WarnOfUpstreams(ctx)
	if err := s.Serve(ctx, ln); err != nil {
		return fmt.Errorf("the server has stopped: %w", err)
	}
	logger.Info("stopped")
	return nil
}

// seed applies the seed files, if there are any.
func (c *serveCommand) seed(ctx context.Context, s *server.Server) error {
	if len(c.Seed) == 0 {
		return nil
	}
	err := s.ApplySeeds(ctx)
	if ctx.Err() != nil { // this is not an error of the files
		return nil
	}
	if err != nil {
		return usageError{fmt.Errorf("--seed: %w", err)}
	}
	return nil
}

func (c *serveCommand) logger() (*slog.Logger, error) {
	var o slog.HandlerOptions
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, err
	}
	o.Level = level
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, &o)), nil
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &o)), nil
}

func (c *serveCommand) options(logger *slog.Logger) (server.Options, error) {
	for _, name := range c.Seed {
		if err := textfile.NotEndless(name); err != nil {
			return server.Options{}, fmt.Errorf("--seed %w", err)
		}
	}
	mode, err := authz.ParseMode(c.Enforcement)
	if err != nil {
		return server.Options{}, err
	}
	lint, err := server.ParseLintMode(c.Lint)
	if err != nil {
		return server.Options{}, err
	}
	if !principal.ValidAccountID(c.Account) {
		return server.Options{}, fmt.Errorf("--account %q is not an account ID; give 12 digits", c.Account)
	}
	if c.RootAccessKeyID == "" || c.RootSecretAccessKey == "" {
		return server.Options{}, errors.New("--root-access-key-id and --root-secret-access-key must not be empty; give both or leave both out")
	}
	if c.STSGlobal != "" && !c.partition().HasGlobalSTS() {
		return server.Options{}, fmt.Errorf("--sts-global-region %s has no use with --partition %s, where STS has no global endpoint; "+
			"leave it out", c.STSGlobal, c.Partition)
	}
	if err := cmp.Or(c.checkState(), c.checkWeb()); err != nil {
		return server.Options{}, err
	}
	o := server.Options{
		Account: c.Account, Partition: c.partition(), RootAccessKeyID: c.RootAccessKeyID, RootSecretAccessKey: c.RootSecretAccessKey,
		Enforcement: mode, Lint: lint,
		DenyRootAssumeRole: c.RootAssume == "deny", TrustForwardedFor: c.TrustProxy, DebugSignatures: c.Signatures,
		PlainTransport:   !c.SecureTransport,
		StrictSimulation: c.Simulator == "strict", StrictSAML: c.SAML == "strict", FetchThumbprints: c.Thumbs == "fetch",
		NamePolicyARN:   c.NameARN,
		STSGlobalRegion: c.STSGlobal, IdentityProvider: c.IDP, Seeds: c.Seed, AllowHosts: c.AllowHost, AllowOrigins: c.AllowOrigin,
		Logger: logger, Version: version,
	}
	if o.Faults, err = readFaults(c.Faults); err != nil {
		return server.Options{}, err
	}
	if o.IMDS, err = c.IMDS.options(o.Partition); err != nil {
		return server.Options{}, err
	}
	if o.Gateway, err = c.Upstream.config(); err != nil {
		return server.Options{}, err
	}
	if o.Limits, err = c.Limits.limits(); err != nil {
		return server.Options{}, err
	}
	if o.OIDCKeys, err = readKeys(c.OIDCKeys); err != nil {
		return server.Options{}, err
	}
	o.Quotas.UsersPerAccount = c.MaxUsers
	if err := c.Events.set(&o); err != nil {
		return server.Options{}, err
	}
	if c.Console == "on" {
		o.Console = c.console(logger)
	}
	return o, nil
}

// checkWeb checks what is allowed in addition to the defaults of package webguard.
func (c *serveCommand) checkWeb() error {
	for _, name := range c.AllowHost {
		if _, err := webguard.ParseName(name); err != nil {
			return fmt.Errorf("--allow-host: %w", err)
		}
	}
	for _, origin := range c.AllowOrigin {
		if _, err := webguard.ParseOrigin(origin); err != nil {
			return fmt.Errorf("--allow-origin: %w", err)
		}
	}
	return nil
}

// listen opens the port that a flag names.
func listen(flag, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, usageError{fmt.Errorf("%s %q is not host:port; give one such as 127.0.0.1:4260", flag, addr)}
	}
	ln, err := net.Listen("tcp", net.JoinHostPort(host, port))
	switch {
	case err == nil:
		return ln, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another process; stop it, or choose another address with %s", addr, flag)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s may not be opened by this user; choose a port above 1023 with %s", addr, flag)
	}
	return nil, fmt.Errorf("cannot listen on %s (%w); choose an address of this machine with %s", addr, textfile.RootCause(err), flag)
}

// announce says on standard output where the server is and how to use it. The server also
// runs if nobody reads that.
func (c *serveCommand) announce(ln, metadata net.Listener, o *server.Options, logger *slog.Logger) {
	addr := ln.Addr().String()
	url := "http://" + reachable(ln.Addr())
	logger.Info("listening", "addr", addr, "account", c.Account, "state", c.state(), "enforcement", c.Enforcement)
	if c.JSON {
		about := map[string]any{
			"url": url, "addr": addr, "account": c.Account, "accessKeyId": c.RootAccessKeyID,
			"dataDir": c.DataDir, "enforcement": c.Enforcement, "version": version, "pid": os.Getpid(),
		}
		if c.Store != "" {
			about["database"] = c.database()
		}
		if upstreams := o.Gateway.Upstreams; len(upstreams) > 0 {
			about["upstreams"], about["upstreamAccount"] = shownUpstreams(upstreams), shownAccount(&o.Gateway, c.Account)
		}
		if metadata != nil {
			about["imds"] = "http://" + metadata.Addr().String()
		}
		_ = printJSON(about)
		return
	}
	hint := "understudy env"
	if client := reachable(ln.Addr()); client != defaultAddr {
		hint += " --addr " + client
	}
	if c.RootAccessKeyID != server.DefaultRootAccessKeyID {
		hint += " --root-access-key-id " + c.RootAccessKeyID
	}
	if c.partition().Mark() != "" {
		hint += " --partition " + c.Partition
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Understudy %s is AWS IAM and STS on %s\n(account %s, state %s, enforcement %s).\n",
		version, url, c.Account, c.state(), c.Enforcement)
	fmt.Fprintf(&b, "Point a client at it:  eval \"$(%s)\"\nor set AWS_ENDPOINT_URL=%s and the keys %s / %s.\n",
		hint, url, c.RootAccessKeyID, c.shownSecret())
	b.WriteString(outside(ln.Addr()))
	fmt.Fprint(os.Stdout, b.String())
	announceUpstreams(&o.Gateway, c.Account)
	c.IMDS.announce(metadata)
}

// shownSecret is the secret access key, if it is the well-known default.
func (c *serveCommand) shownSecret() string {
	if c.RootSecretAccessKey == server.DefaultRootSecretAccessKey {
		return c.RootSecretAccessKey
	}
	return "****"
}

// reachable is the address at which a client on this machine finds the server.
func reachable(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return a.String()
}

// outside says where other machines find a server that listens on all addresses, for
// example in a container.
func outside(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return ""
	}
	text := fmt.Sprintf("It listens on all addresses. From outside a container: http://localhost:PORT, with the PORT "+
		"that is\npublished for %d", tcp.Port)
	if name, err := os.Hostname(); err == nil && name != "" {
		text += fmt.Sprintf("; from other containers and machines: http://%s", net.JoinHostPort(name, strconv.Itoa(tcp.Port)))
	}
	return text + ".\n"
}
