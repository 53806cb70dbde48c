package alerts_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go/middleware"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/localclient"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/history"
	"github.com/understudy-iam/understudy/persistence/memstore"
	"github.com/understudy-iam/understudy/principal"
	"github.com/understudy-iam/understudy/seed"
	"github.com/understudy-iam/understudy/server"
)

const (
	home   = "000000000000"
	abroad = "111122223333"

	userPrefix = "arn:aws:iam::000000000000:user/"
	rolePrefix = "arn:aws:iam::000000000000:role/"
	everything = "arn:aws:iam::aws:policy/AdministratorAccess"
)

// world is a server, a Watcher of its state, and clients whose calls the Watcher is
// told of when they have been answered.
type world struct {
	testing.TB
	store   *history.Store
	server  *httptest.Server
	watcher *alerts.Watcher
	changes []alerts.Change // of the last call
	id      string          // of its request
}

// newWorld begins with the seed.
func newWorld(t testing.TB, text string, effects ...*alerts.Effect) *world {
	t.Helper()
	return newWorldOn(t, memstore.New(), text, effects...)
}

// newWorldOn begins with the seed, on an engine.
func newWorldOn(t testing.TB, engine persistence.Store, text string, effects ...*alerts.Effect) *world {
	t.Helper()
	w := &world{TB: t, store: newHistory(engine)}
	handler, err := server.New(server.Options{Store: w.store, Events: -1})
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(handler)
	t.Cleanup(w.server.Close)
	w.seed(text)
	w.watcher, err = alerts.NewWatcher(t.Context(), watched(w.store), effects)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// newHistory is that of a server.
func newHistory(engine persistence.Store) *history.Store {
	return history.New(engine, history.Options{
		Noted: alerts.Watched,
		Call:  func(ctx context.Context) string { return principal.FromContext(ctx).Request.ID },
	})
}

func watched(store *history.Store) alerts.WatcherOptions {
	return alerts.WatcherOptions{
		Store: store, Authorizer: authz.New(authz.Options{Store: store, Managed: iamsvc.ManagedDocument}),
		Request: func() principal.Request { return principal.Request{SecureTransport: true, Time: time.Now()} },
	}
}

func (w *world) seed(text string) {
	w.Helper()
	if err := seed.Apply(w.Context(), seed.Options{Store: w.store}, "seed.yaml", []byte(text)); err != nil {
		w.Fatal(err)
	}
}

// iam is a client of the root user of the account, of whose calls the Watcher is told.
func (w *world) iam(account string) *iam.Client {
	return w.client(account, func(operation, id string, in any) { w.after(event(account, operation, id, in)) })
}

// client is a client of the root user of the account, of whose calls heard is told when
// they have succeeded.
func (w *world) client(account string, heard func(operation, id string, in any)) *iam.Client {
	key := server.DefaultRootAccessKeyID
	if account != home {
		key = account
	}
	credentials := aws.Credentials{AccessKeyID: key, SecretAccessKey: server.DefaultRootSecretAccessKey}
	cfg := localclient.Config(w.server.URL, "us-east-1", credentials)
	return iam.NewFromConfig(cfg, func(o *iam.Options) {
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			return s.Initialize.Add(middleware.InitializeMiddlewareFunc("watch", func(
				ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
			) (middleware.InitializeOutput, middleware.Metadata, error) {
				out, metadata, err := next.HandleInitialize(ctx, in)
				if id, ok := awsmiddleware.GetRequestIDMetadata(metadata); ok && err == nil {
					heard(middleware.GetOperationName(ctx), id, in.Parameters)
				}
				return out, metadata, err
			}), middleware.Before)
		})
	})
}

// event is what the server keeps of a call that succeeded.
func event(account, operation, id string, input any) *events.Event {
	caller := &principal.Caller{Principal: principal.AWS.In(account).RootUser()}
	caller.Request = principal.Request{ID: id, Service: "iam", Operation: operation}
	return &events.Event{Caller: caller, Input: input, Status: 200}
}

func (w *world) after(e *events.Event) {
	w.Helper()
	var err error
	w.id = e.Caller.Request.ID
	if w.changes, err = w.watcher.After(w.Context(), e); err != nil {
		w.Error(err)
	}
}
