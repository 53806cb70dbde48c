// Package server puts the parts together: it serves the operations of iam, sts, cloudtrail
// and accessanalyzer through awsapi, authorized by authz, on one store, with the management
// routes under /_understudy/ next to them.
//
// It guarantees that an operation is served only if it is in the table of
// operations and has an authorization rule.
//
// Caveats: it opens no store and no listener and reads no environment; the
// command does. The server speaks plain HTTP and is meant for one machine.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/understudy-iam/understudy/accessanalyzer"
	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/awsapi/model"
	"github.com/understudy-iam/understudy/clock"
	"github.com/understudy-iam/understudy/cloudtrail"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/faults"
	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/federation/oidc"
	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/imds"
	"github.com/understudy-iam/understudy/internal/intake"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/history"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/sts"
)

// Defaults of Options.
const (
	DefaultAccount             = "000000000000"
	DefaultRootAccessKeyID     = "test"
	DefaultRootSecretAccessKey = "test"
)

// Options configures a Server. Store is required; every other zero value works.
type Options struct {
	Store persistence.Store

	// Account is the account of the bootstrap root credentials; "" is
	// DefaultAccount.
	Account string

	// RootAccessKeyID and RootSecretAccessKey are the bootstrap credentials of
	// the account's root user; both empty are the defaults.
	RootAccessKeyID     string
	RootSecretAccessKey string

	// Partition is where the accounts are, which all ARNs say; "" is principal.AWS.
	// A store whose state belongs to another partition is refused.
	Partition principal.Partition

	// NoAccountKeys stops a 12-digit access key ID with the root secret from
	// being the root user of that account.
	NoAccountKeys bool

	Enforcement authz.Mode // the zero value is on

	// Lint says what to do with the findings of evaluator/lint in policies that callers
	// put; the zero value logs it.
	Lint LintMode

	// Events is how many of the last calls are kept, to be explained and to be listed as
	// events; 0 is events.DefaultSize, and a negative number keeps none.
	Events int

	// EventsMemory is how many bytes they may take, about; 0 is
	// events.DefaultBytes. The last call is kept, however large it is.
	EventsMemory int

	// EventsFile is the file that events are appended to while the server serves; with
	// an empty path there is none. Its logger is the server's.
	EventsFile events.FileOptions

	// Alerts are the rules that each call is looked at with, after it was answered, and
	// where their alerts go.
	Alerts AlertOptions

	// DenyRootAssumeRole is AWS's behaviour: root cannot assume a role.
	DenyRootAssumeRole bool

	// NamePolicyARN ends the text of explicit denials with the ARN of the managed
	// policy that denies; see authz.Options.
	NamePolicyARN bool

	// StrictSimulation makes the simulation calls answer what enforcement would
	// do. AWS's policy simulator, which they follow otherwise, departs from it.
	StrictSimulation bool

	// STSGlobalRegion is the region of a credential scope that means the global
	// endpoint of STS, as "aws-global" does; "" for none. us-east-1 is the scope of
	// both the global endpoint and its own.
	STSGlobalRegion string

	// FetchThumbprints asks the host of an OpenID Connect provider that is made
	// without a thumbprint for its certificate, as AWS does. Otherwise no host is
	// asked; see iam.DerivedThumbprint.
	FetchThumbprints bool

	// StrictSAML makes AssumeRoleWithSAML check what AWS does not: the audience
	// and the recipient must be AWS's, NotBefore counts, the response must be of
	// the assertion's issuer, and an assertion can be used once (which is kept in
	// memory).
	StrictSAML bool

	// DebugSignatures lets the record of a wrong signature say which single change
	// would have matched, and so whose secret made it.
	DebugSignatures bool

	// TrustForwardedFor takes the caller's address from X-Forwarded-For.
	TrustForwardedFor bool

	// PlainTransport makes aws:SecureTransport tell how a request came, which is
	// false without TLS. By default it is true for all calls, as at AWS, whose endpoints
	// of IAM and STS take nothing but TLS.
	PlainTransport bool

	// Seeds names the seed files that ApplySeeds fills the store from, and a reset
	// again. New does not.
	Seeds []string

	// OIDCKeys are the keys of OpenID Connect issuers, by the issuers' URLs, that
	// are not to be asked for them.
	OIDCKeys map[string]*oidc.Keys

	// IdentityProvider turns on the local identity provider at /_understudy/idp/
	// (package idp), whose tokens STS takes for every issuer: whoever reaches the
	// server can be whoever the trust policies admit from outside.
	IdentityProvider bool

	// AllowHosts are names by which clients may call the server, besides addresses,
	// local names and AWS's; one that begins with a dot means all names below
	// it. A name that a web page could have made lead here is refused otherwise,
	// see docs/security.md.
	AllowHosts []string

	// AllowOrigins are the origins of web pages that may make AWS's calls, such as
	// https://app.example.com, besides the loopback origins (http://localhost:3000).
	// The management routes do not answer them.
	AllowOrigins []string

	// Gateway says where the calls of services other than IAM and STS are sent on to.
	// Without an upstream they are answered with an error that says what to do.
	Gateway gateway.Config

	// IMDS is what (*Server).IMDS serves; its members Roles, Account and Now are
	// the server's.
	IMDS imds.Options

	// Faults are the faults injected into requests from the start, for tests of
	// retries; others are added and ended while the server runs.
	Faults []faults.Rule

	// Limits bound what clients can make the server hold.
	Limits Limits

	Quotas iam.Quotas

	// Now is the time that clients sign by, and the base of the server's clock;
	// nil is time.Now.
	Now func() time.Time

	// Console makes the handler of the web pages at management.ConsolePath, from the Server that
	// they call; nil: there are none.
	Console func(http.Handler) (http.Handler, error)

	Random  io.Reader    // nil: crypto/rand
	Logger  *slog.Logger // nil: nothing is logged
	Version string       // for /_understudy/health
}

func (o Options) withDefaults() Options {
	if o.Account == "" {
		o.Account = DefaultAccount
	}
	if o.RootAccessKeyID == "" && o.RootSecretAccessKey == "" {
		o.RootAccessKeyID, o.RootSecretAccessKey = DefaultRootAccessKeyID, DefaultRootSecretAccessKey
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Limits = o.Limits.withDefaults()
	return o
}

// Server answers requests. It is an http.Handler.
type Server struct {
	options     Options
	clock       *clock.Clock
	iam         *iam.Service
	sts         *sts.Service
	authorizer  *authz.Authorizer
	credentials credentials
	gateway     *gateway.Gateway
	idp         *idp.Provider  // nil: it is off
	events      *events.Log    // nil: none are kept
	eventsFile  *events.File   // nil: there is none
	alerts      *alerts.Engine // nil: there are no rules
	history     *history.Store // nil: there are no rules
	snapshots   snapshots
	trouble     trouble
	written     written       // where seeds have documents
	auditing    chan struct{} // has room for the audit that runs
	closing     chan struct{} // closed when the server stops, for those who follow
	close       sync.Once
	intake      *intake.Intake
	followers   atomic.Int32
	records     sharedRecords // of what followers read
	declared    persistence.StateCache[string, declaredPolicy]
	newID       func() string // request IDs
	handler     http.Handler
	imds        http.Handler

	issuers  *oidc.Source
	contexts func(ctx context.Context, keyID string) (*oidc.Keys, error) // nil: there is no identity provider
}

// New makes a server on a store. The caller closes the store.
func New(o Options) (*Server, error) {
	if o.Store == nil {
		return nil, errors.New("server: a store is required")
	}
	o = o.withDefaults()
	if !principal.ValidAccountID(o.Account) {
		return nil, fmt.Errorf("server: the account %q has not 12 digits", o.Account)
	}
	if err := checkPartition(o.Store, o.Partition); err != nil {
		return nil, err
	}
	s := &Server{options: o, clock: clock.New(o.Now), closing: make(chan struct{}), auditing: make(chan struct{}, 1), newID: uuid.NewString}
	s.snapshots.taking = persistence.NewTurn()
	s.intake = intake.New(intake.Limits{
		Connections: o.Limits.Connections, Bodies: o.Limits.Bodies, BodyBytes: o.Limits.BodyMemory,
	}, o.Logger)
	s.newHistory()
	s.newTrouble()
	o.Store = s.options.Store
	s.credentials = newCredentials(o, s.clock.Now)
	rules := slices.Concat(iam.Rules(), sts.Rules(), cloudtrail.Rules(), accessanalyzer.Rules())
	s.authorizer = s.newAuthorizer(rules)
	keys := oidc.SourceOptions{Fixed: o.OIDCKeys, Now: o.Now} // issuers change their keys in real time
	if o.IdentityProvider {
		s.idp = idp.New(idp.Options{Store: o.Store, Account: o.Account, Partition: o.Partition, Now: s.clock.Now, Random: o.Random})
		keys.Local = s.idp.Keys
	}
	s.issuers, s.contexts = oidc.NewSource(keys), keys.Local
	s.iam, s.sts = s.services()
	trail := cloudtrail.New(cloudtrail.Options{Events: s.events, Now: s.clock.Now})
	analyzer := accessanalyzer.New(accessanalyzer.Options{Events: s.events, Now: s.clock.Now, NewID: s.newID})
	ops := s.linted(operations(s.iam, s.sts, trail, analyzer))
	if err := errors.Join(checkRules(ops, rules), s.setRules(ops)); err != nil {
		return nil, err
	}
	suspects := s.suspects
	if !o.DebugSignatures {
		suspects = nil
	}
	front := awsapi.Options{
		Model: model.New(), Credentials: s.credentials, Authorizer: awsapi.AuthorizerFunc(s.authorizeCall),
		Disturb: s.disturb, Now: o.Now, Clock: s.clock.Now, NewID: s.newID, Logger: o.Logger,
		TrustForwardedFor: o.TrustForwardedFor, Partition: o.Partition, GlobalRegion: o.STSGlobalRegion, Observe: s.observe,
		Suspects: suspects, Owner: s.credentials.Owner, SecureTransport: !o.PlainTransport,
	}
	var err error
	if s.gateway, err = s.newGateway(front); err != nil {
		return nil, err
	}
	front.Elsewhere = s.gateway
	api, err := awsapi.NewHandler(ops, front)
	if err != nil {
		return nil, err
	}
	handler, err := s.routes(api)
	if err != nil {
		return nil, err
	}
	s.handler, s.imds = s.logged(handler), s.logged(s.newIMDS())
	if err := s.openEventsFile(); err != nil {
		return s, err
	}
	return s, s.startAlerts()
}

// newAuthorizer makes the authorizer, whose decisions are kept if they are wanted.
func (s *Server) newAuthorizer(rules []authz.Rule) *authz.Authorizer {
	o := authz.Options{
		Store: s.options.Store, Partition: s.options.Partition, Rules: rules, Managed: iam.ManagedDocument, Now: s.clock.Now,
		Mode: s.options.Enforcement, RootAssumeRole: !s.options.DenyRootAssumeRole,
		NamePolicyARN: s.options.NamePolicyARN, Valid: s.credentials.Valid,
		LetPass: s.letPass,
	}
	if s.options.Events >= 0 {
		s.events = events.New(events.Options{Size: s.options.Events, Bytes: s.options.EventsMemory})
		o.Observe = events.Note
	}
	return authz.New(o)
}

// services are those of the options.
func (s *Server) services() (*iam.Service, *sts.Service) {
	o := s.options
	forIAM := iam.Options{
		Store: o.Store, Partition: o.Partition, Now: s.clock.Now, Random: o.Random, Quotas: o.Quotas,
		Authorizer: s.authorizer, StrictSimulation: o.StrictSimulation, Thumbprint: s.thumbprint(),
	}
	tokens := sts.New(sts.Options{
		Store: o.Store, Partition: o.Partition, Now: s.clock.Now, Random: o.Random, Authorizer: s.authorizer, IssuerKeys: s.issuers,
		Contexts: s.contexts, StrictSAML: o.StrictSAML,
	})
	return iam.New(forIAM), tokens
}

// checkRules reports an operation without an authorization rule: it would be
// open to everybody or to nobody.
func checkRules(ops []awsapi.Operation, rules []authz.Rule) error {
	known := map[string]bool{}
	for _, r := range rules {
		known[r.Operation] = true
	}
	for _, op := range ops {
		if !known[op.Name] {
			return fmt.Errorf("server: operation %s has no authorization rule", op.Name)
		}
	}
	return nil
}

// Clock is the clock for everything except timeouts and signatures, which clients make
// by the real time. It may be moved while the server runs.
func (s *Server) Clock() *clock.Clock { return s.clock }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Serve answers requests on the listener until ctx is done; then it lets calls that
// are under way finish, stores what was used when, writes the last events to their file,
// and returns nil. Streams end, and requests that have not arrived are not waited for;
// see package intake.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	defer s.writeEvents()()
	defer s.lookAtCalls()()
	err := s.intake.Serve(ctx, ln, s, func() { s.close.Do(func() { close(s.closing) }) })
	s.gateway.Close()
	return errors.Join(err, s.closeUses(ctx))
}

// closeUses stores what was used when. If there is no room, it is not stored. This is
// not a fault: no call has waited for it.
func (s *Server) closeUses(ctx context.Context) error {
	err := s.iam.CloseUses(ctx)
	if !errors.Is(err, persistence.ErrFull) {
		return err
	}
	s.options.Logger.Warn("the store has no room, so the last uses of keys and roles since the room was gone are not stored", "error", err)
	return nil
}
