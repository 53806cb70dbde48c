package intake

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Defaults of Limits.
const (
	DefaultConnections = 10_000
	DefaultBodies      = 2000
	DefaultBodyBytes   = 512 << 20 // 512 MiB
)

// Limits bound what clients can make a server hold. A field that is 0 means the
// default.
type Limits struct {
	Connections int // open at once
	Bodies      int // that are being read, or whose request is in progress
	BodyBytes   int // of these bodies together
}

func (l Limits) withDefaults() Limits {
	if l.Connections == 0 {
		l.Connections = DefaultConnections
	}
	if l.Bodies == 0 {
		l.Bodies = DefaultBodies
	}
	if l.BodyBytes == 0 {
		l.BodyBytes = DefaultBodyBytes
	}
	return l
}

// times holds how long clients may take.
type times struct {
	body  time.Duration // for a body, in addition to the time for its bytes
	write time.Duration // for a part of an answer, in addition to the time for its bytes
	rate  int64         // the minimum number of bytes per second

	// rest is the time for the rest of a body that nobody wants, and for what clients
	// still send and read when the server stops.
	rest  time.Duration
	drain time.Duration // for calls in progress when the server stops
}

var usual = times{body: 20 * time.Second, write: 30 * time.Second, rate: 16 << 10, rest: 500 * time.Millisecond, drain: 10 * time.Second}

// in returns how long n bytes may take.
func (t *times) in(n int64) time.Duration {
	return time.Duration(n) * time.Second / time.Duration(t.rate)
}

// Intake serves on any number of listeners, with limits for all of them together.
// Make one with New.
type Intake struct {
	limits Limits
	times  times
	logger *slog.Logger

	conns    conns
	bodies   bodies
	overflow overflow
}

// New makes an Intake. It logs when a limit is reached; the logger may be nil.
func New(l Limits, logger *slog.Logger) *Intake {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	i := &Intake{limits: l.withDefaults(), times: usual, logger: logger}
	i.overflow.logger = logger
	i.fit(openFiles)
	return i
}

// run is a server on one listener.
type run struct {
	*Intake
	handler http.Handler
	until   atomic.Int64 // when bodies are cut, in nanoseconds since 1970; 0 if the server is not stopping
}

// sooner returns the time, or the time when bodies are cut if that is sooner.
func (r *run) sooner(t time.Time) time.Time {
	if until := r.until.Load(); until != 0 && until < t.UnixNano() {
		return time.Unix(0, until)
	}
	return t
}

// Serve answers requests on the listener until ctx is done. Then it calls stopping,
// which ends what would last forever and may be nil. It lets calls in progress
// finish and returns nil, or an error if they take too long.
func (i *Intake) Serve(ctx context.Context, ln net.Listener, handler http.Handler, stopping func()) error {
	r := &run{Intake: i, handler: handler}
	h := &http.Server{
		Handler:           r,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10, // as at AWS; net/http adds 4 KiB
		ConnState:         r.connState,
		ErrorLog:          slog.NewLogLogger(i.logger.Handler(), slog.LevelDebug),
	}
	h.RegisterOnShutdown(func() {
		if stopping != nil {
			stopping()
		}
		r.cut()
	})
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		stopped <- r.shutdown(context.WithoutCancel(ctx), h)
	}()
	if err := h.Serve(&listener{ln, r}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// shutdown lets calls finish, and ends those that do not.
func (r *run) shutdown(ctx context.Context, h *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, r.times.drain)
	defer cancel()
	err := h.Shutdown(ctx)
	if err != nil {
		return errors.Join(errSlow, h.Close())
	}
	return nil
}

// errSlow is returned for calls that were ended when the server stopped.
var errSlow = errors.New("calls that took too long were ended without an answer")

// cut gives up the bodies that have not arrived and the answers that clients do not
// read.
func (r *run) cut() {
	until := time.Now().Add(r.times.rest)
	r.until.Store(until.UnixNano())
	r.bodies.cut(r, until)
	for _, c := range r.conns.of(r, false) {
		_ = c.SetWriteDeadline(until)
	}
	time.AfterFunc(r.times.rest, func() { r.conns.closeFresh(r) })
}

// ServeHTTP answers one request with the handler.
func (r *run) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	x := &exchange{control: *http.NewResponseController(w)}
	x.writer = writer{ResponseWriter: w, run: r, control: &x.control}
	x.writer.begin()
	if request.Body == nil || request.Body == http.NoBody {
		r.handler.ServeHTTP(&x.writer, request)
		x.writer.end()
		return
	}
	x.body = body{ReadCloser: request.Body, run: r, control: &x.control, begun: time.Now()}
	r.bodies.open(&x.body)
	defer r.bodies.close(&x.body)
	x.request = *request // net/http looks at its own body
	x.request.Body = &x.body
	r.handler.ServeHTTP(&x.writer, &x.request)
	x.writer.end()
}

// exchange holds what a request needs, in one allocation.
type exchange struct {
	control http.ResponseController
	writer  writer
	body    body
	request http.Request
}
