package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/server"
)

// client is an IAM client of the root user: of the server at --addr if there is
// a principal to look at, else of a server inside this process. stop must be
// called at the end.
func (c *simulateCommand) client() (client *iam.Client, stop func(), err error) {
	config := aws.Config{
		Region:  "us-east-1",
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: c.RootAccessKeyID, SecretAccessKey: c.RootSecretAccessKey}, nil
		}),
	}
	if c.Principal != "" {
		url, err := c.url()
		config.BaseEndpoint = &url
		return iam.NewFromConfig(config), func() {}, err
	}
	transport, stop, err := c.inProcess()
	if err != nil {
		return nil, nil, err
	}
	config.BaseEndpoint, config.HTTPClient = aws.String("http://understudy"), &http.Client{Transport: transport}
	return iam.NewFromConfig(config), stop, nil
}

// inProcess starts a server with an empty state that can be reached only
// through the transport.
func (c *simulateCommand) inProcess() (http.RoundTripper, func(), error) {
	store, err := badgerstore.Open(badgerstore.Options{})
	if err != nil {
		return nil, nil, err
	}
	s, err := server.New(server.Options{
		Store: store, RootAccessKeyID: c.RootAccessKeyID, RootSecretAccessKey: c.RootSecretAccessKey, StrictSimulation: c.Strict,
	})
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	pipes, done := newPipeListener(), make(chan error, 1)
	go func() { done <- s.Serve(ctx, pipes) }()
	transport := &http.Transport{DialContext: pipes.dial, DisableKeepAlives: true}
	return transport, func() {
		cancel()
		<-done
		_ = store.Close() // it is in memory, and nothing of it is wanted any more
	}, nil
}

// pipeListener is a net.Listener whose connections are pipes of this process.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "understudy", Net: "pipe"} }
