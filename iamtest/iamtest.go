// Package iamtest starts Understudy inside a Go test: AWS IAM and STS on a free
// port of the loopback interface, with a clean state of its own.
//
//	srv := iamtest.Start(t)
//	client := srv.IAM() // signs as the root user of account 000000000000
//
// It guarantees that servers do not see each other's state, and that nothing is
// left when the test ends. A start takes milliseconds, so each test can have its
// own server, parallel tests too.
//
// # Recipes
//
// State comes from calls, from a file (WithSeed), or from a string:
//
//	srv.Seed(`accounts: [{id: "000000000000", users: [{name: ana, policies: [ReadOnlyAccess]}]}]`)
//
// Call as a user or role, without keys and without evaluating a trust policy:
//
//	_, err := srv.As("ana").IAM().CreateUser(ctx, in)
//
// Assert why a call was denied, or print it:
//
//	srv.AssertDenied(t, err, iamtest.Action("iam:CreateUser"), iamtest.By(iamtest.Identity))
//	t.Log(srv.WhyDenied(err))
//
// Let a session expire at once:
//
//	srv.Clock.Advance(time.Hour)
//
// Code under test takes its configuration, or the environment of the process:
//
//	cfg := srv.As("app").Config(ctx)
//	for name, value := range srv.As("app").Env() {
//		t.Setenv(name, value)
//	}
//
// With a framework that does not use *testing.T, such as Ginkgo, give Start its
// equivalent: GinkgoT() is a TB. In TestMain, give it your own TB (three methods)
// and call Stop at the end.
//
// # Caveats
//
// The package does not import package testing, so an example or a main program can
// use it too: any value with the three methods of TB will do. Clients of Config do
// not retry. The Expiration of temporary credentials follows the server's clock,
// but SDKs compare it with the real time. If the clock was moved back, they ask for
// new credentials at each call; if it was moved forward, they keep credentials that
// have expired for the server.
package iamtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/clock"
	"github.com/understudy-iam/understudy/internal/localclient"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/server"
)

// TB has the methods of *testing.T that the package needs.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Server is a running server.
type Server struct {
	// URL is the endpoint, such as http://127.0.0.1:41234.
	URL string

	// Clock gives the time for everything except signatures, for which clients use the
	// real time. Move it forward, and sessions expire.
	Clock *clock.Clock

	// Faults makes calls fail on demand: they are throttled, return an error, hang or
	// see an older state.
	Faults *Faults

	t       TB
	handler *server.Server
	options server.Options
	texts   []string // seeds that the server started with, besides the files in the options
	stop    func() error
}

// Start starts a server and stops it when the test ends.
func Start(t TB, options ...Option) *Server {
	t.Helper()
	s, err := start(options)
	if err != nil {
		t.Fatalf("iamtest: %v", err)
		return nil
	}
	s.t, s.Faults = t, &Faults{t, s.handler}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Fatalf("iamtest: %v", err)
		}
	})
	return s
}

// For returns the same server for a subtest: errors in Seed and As fail t.
func (s *Server) For(t TB) *Server {
	other := *s
	other.t, other.Faults = t, &Faults{t, s.handler}
	return &other
}

func start(options []Option) (*Server, error) {
	c := config{server: server.Options{
		RootAccessKeyID: server.DefaultRootAccessKeyID, RootSecretAccessKey: server.DefaultRootSecretAccessKey,
	}}
	for _, o := range options {
		o(&c)
	}
	if err := errors.Join(c.faults...); err != nil {
		return nil, err
	}
	store, err := badgerstore.Open(badgerstore.Options{Dir: c.dataDir})
	if err != nil {
		return nil, err
	}
	c.server.Store = store
	if err := c.openSinks(); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	for _, change := range c.changes {
		change(&c.server)
	}
	s, err := c.serve(store)
	if err != nil {
		return nil, fmt.Errorf("%w (closing the store: %v)", err, store.Close())
	}
	return s, nil
}

// serve starts the server on its store, which is closed with it.
func (c *config) serve(store persistence.Store) (*Server, error) {
	handler, err := server.New(c.server)
	if err != nil {
		return nil, err
	}
	if err := c.seed(handler); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- handler.Serve(ctx, ln) }()
	stop := sync.OnceValue(func() error {
		cancel()
		if err := <-done; err != nil {
			return err
		}
		return store.Close()
	})
	return &Server{URL: "http://" + ln.Addr().String(), Clock: handler.Clock(), handler: handler, options: c.server, texts: c.texts,
		stop: stop}, nil
}

// seed applies the seeds, the files first.
func (c *config) seed(s *server.Server) error {
	if err := s.ApplySeeds(context.Background()); err != nil {
		return err
	}
	for _, text := range c.texts {
		if err := s.ApplySeed(context.Background(), "seed", []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

// Seed fills the state from a string, in the YAML of package seed: what is missing
// is created, what exists is changed to match. An error fails the test and names
// the line.
func (s *Server) Seed(yaml string) {
	s.t.Helper()
	if err := s.handler.ApplySeed(context.Background(), "seed", []byte(yaml)); err != nil {
		s.t.Fatalf("iamtest: %v", err)
	}
}

// Stop stops the server before the test ends; another server can then use its data
// directory. Stopping twice is not an error.
func (s *Server) Stop() error { return s.stop() }

// Config returns a client configuration that signs as the root user.
func (s *Server) Config(context.Context) aws.Config {
	return s.ConfigFor(aws.Credentials{AccessKeyID: s.options.RootAccessKeyID, SecretAccessKey: s.options.RootSecretAccessKey})
}

// ConfigFor returns a client configuration that signs with the credentials. It does
// not retry, so that a test sees the first answer.
func (s *Server) ConfigFor(c aws.Credentials) aws.Config {
	return localclient.Config(s.URL, s.options.Partition.Region(), c)
}

// IAM returns an IAM client of the root user.
func (s *Server) IAM() *iam.Client { return iam.NewFromConfig(s.Config(context.Background())) }

// STS returns an STS client of the root user.
func (s *Server) STS() *sts.Client { return sts.NewFromConfig(s.Config(context.Background())) }

// AccountKey returns the root credentials of any account: its ID and the root
// secret. The account is created when they are first used.
func (s *Server) AccountKey(accountID string) aws.Credentials {
	return aws.Credentials{AccessKeyID: accountID, SecretAccessKey: s.options.RootSecretAccessKey}
}
