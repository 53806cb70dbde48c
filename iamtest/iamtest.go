// Package iamtest starts Understudy inside a Go test: AWS IAM and STS on a free
// port of the loopback interface, with a clean state of its own.
//
//	srv := iamtest.Start(t)
//	client := srv.IAM() // signs as the root user of account 000000000000
//
// It guarantees that servers do not see each other's state, and that all is
// gone when the test ends.
//
// Caveats: it does not import package testing, so it may also serve an example
// or a main program: any value with the three methods of TB will do.
package iamtest

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/clock"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/seed"
	"github.com/understudy-iam/understudy/server"
)

// TB is what the package needs of a *testing.T.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// An Option changes how a server starts.
type Option func(*config)

type config struct {
	server  server.Options
	dataDir string
	seeds   []string
	changes []func(*server.Options)
}

// WithDataDir keeps the state in a directory, so that a later server finds it.
func WithDataDir(dir string) Option { return func(c *config) { c.dataDir = dir } }

// WithSeed fills the state from a YAML file; see package seed.
func WithSeed(file string) Option {
	return func(c *config) { c.seeds = append(c.seeds, file) }
}

// WithServer changes the options of the server: enforcement, quotas, clock. The
// store is open then, and may be replaced by one that is made of it, such as one
// that fails.
func WithServer(change func(*server.Options)) Option {
	return func(c *config) { c.changes = append(c.changes, change) }
}

// Server is a running server.
type Server struct {
	// URL is the endpoint, such as http://127.0.0.1:41234.
	URL string

	// Clock is what everything goes by but signatures, which clients make by the
	// real time: move it, and sessions expire.
	Clock *clock.Clock

	options server.Options
	handler *server.Server
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
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Fatalf("iamtest: %v", err)
		}
	})
	return s
}

func start(options []Option) (*Server, error) {
	c := config{server: server.Options{RootAccessKeyID: server.DefaultRootAccessKeyID, RootSecretAccessKey: server.DefaultRootSecretAccessKey}}
	for _, o := range options {
		o(&c)
	}
	store, err := badgerstore.Open(badgerstore.Options{Dir: c.dataDir})
	if err != nil {
		return nil, err
	}
	c.server.Store = store
	for _, change := range c.changes {
		change(&c.server)
	}
	c.server.Seeds = c.seeds
	o := seed.Options{Store: store, Now: c.server.Now, Random: c.server.Random, Quotas: c.server.Quotas}
	if err := seed.ApplyFiles(o, c.seeds); err != nil {
		return nil, fmt.Errorf("%w (closing the store: %v)", err, store.Close())
	}
	handler, err := server.New(c.server)
	if err != nil {
		return nil, fmt.Errorf("%w (closing the store: %v)", err, store.Close())
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("%w (closing the store: %v)", err, store.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- handler.Serve(ctx, ln) }()
	stopped := false
	return &Server{URL: "http://" + ln.Addr().String(), Clock: handler.Clock(), options: c.server, handler: handler, stop: func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			return err
		}
		return store.Close()
	}}, nil
}

// Stop ends the server before the test does; its data directory can then be
// used by another one. Stopping twice is no error.
func (s *Server) Stop() error { return s.stop() }

// Config is a client configuration that signs as the root user.
func (s *Server) Config(context.Context) aws.Config {
	return s.ConfigFor(aws.Credentials{AccessKeyID: s.options.RootAccessKeyID, SecretAccessKey: s.options.RootSecretAccessKey})
}

// ConfigFor is a client configuration that signs with the credentials. It
// retries nothing, so that a test sees the first answer.
func (s *Server) ConfigFor(c aws.Credentials) aws.Config {
	return aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(s.URL),
		HTTPClient:   inMemory{http.DefaultClient},
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return c, nil
		}),
	}
}

// IAM is an IAM client of the root user.
func (s *Server) IAM() *iam.Client { return iam.NewFromConfig(s.Config(context.Background())) }

// STS is an STS client of the root user.
func (s *Server) STS() *sts.Client { return sts.NewFromConfig(s.Config(context.Background())) }

// AccountKey are the root credentials of any account: its ID and the root
// secret. The account comes into being when they are first used.
func (s *Server) AccountKey(accountID string) aws.Credentials {
	return aws.Credentials{AccessKeyID: accountID, SecretAccessKey: s.options.RootSecretAccessKey}
}
