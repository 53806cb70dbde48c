package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-iam/understudy/internal/linefile"
)

// Defaults of a Webhook.
const (
	DefaultTimeout  = 5 * time.Second
	DefaultAttempts = 6
	DefaultQueue    = 1000
)

// How long a Webhook waits between two attempts: a random time up to firstPause,
// then up to twice as much each time, and never more than maxPause. See "full jitter" in
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
const (
	firstPause = time.Second
	maxPause   = 30 * time.Second
)

var errTooSlow = errors.New("it did not answer in time")

// WebhookOptions configures a Webhook. URL is required.
type WebhookOptions struct {
	URL    string   // http or https
	Secret []byte   // signs the requests, see ParseSecret; nil: they are not signed
	Allow  []string // hosts beside loopback addresses that it may send to: names or addresses

	Timeout  time.Duration // how long an attempt may take; 0: DefaultTimeout
	Attempts int           // how often an alert is sent at most; 0: DefaultAttempts
	Queue    int           // how many alerts wait at most; 0: DefaultQueue

	// DeadLetter is the file of the alerts that were not delivered, as lines of
	// DeadLetter. Without it they are only named in the log.
	DeadLetter string

	Logger *slog.Logger // nil: nothing is logged

	Now       func() time.Time                                   // nil: time.Now
	AfterFunc func(d time.Duration, f func()) (stop func() bool) // nil: as time.AfterFunc
	Jitter    func(most time.Duration) time.Duration             // nil: random, from 0 to most
	Open      func(path string) (linefile.Opened, error)         // see FileOptions.Open
}

// Webhook is a Sink that sends alerts to a URL as JSON, each until the receiver
// answers 2xx. Alerts arrive in their order, one at a time, and each at least once: a
// receiver knows one that it has already by the header Webhook-Id.
//
// What is not delivered in the end is in the dead-letter file.
type Webhook struct {
	o      WebhookOptions
	shown  string // see shownURL
	client *http.Client
	dead   deadLetters
	box    *outbox

	ctx      context.Context // of all attempts
	abandon  context.CancelCauseFunc
	stopping chan struct{} // closed when there is no more time for pauses
	stopOnce sync.Once
	given    atomic.Int64 // alerts that were given up after stopping
}

// NewWebhook makes a Webhook and opens its dead-letter file. It sends nothing yet.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	o.setDefaults()
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("the url of a webhook is not one of http or https; give one such as http://127.0.0.1:8080/alerts")
	}
	reach := newReach(o.Allow)
	if at, err := netip.ParseAddr(u.Hostname()); err == nil { // a name is looked up when it is needed
		if err := reach.check(u.Hostname(), at); err != nil {
			return nil, err
		}
	}
	w := &Webhook{o: o, shown: shownURL(u), client: reach.client(), stopping: make(chan struct{})}
	w.dead.logger = o.Logger
	if o.DeadLetter != "" {
		if w.dead.file, err = newLines(o.DeadLetter, o.Logger, o.Open); err != nil {
			return nil, fmt.Errorf("the dead-letter file: %w", err)
		}
	}
	w.ctx, w.abandon = context.WithCancelCause(context.Background())
	w.box = newOutbox(o.Queue, w.deliver)
	return w, nil
}

// shownURL is a URL without what may be a secret in it: its user, path and query.
func shownURL(u *url.URL) string {
	shown := u.Scheme + "://" + u.Host
	if u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		shown += "/..."
	}
	return shown
}

func (o *WebhookOptions) setDefaults() {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Attempts <= 0 {
		o.Attempts = DefaultAttempts
	}
	if o.Queue <= 0 {
		o.Queue = DefaultQueue
	}
	o.Logger = orSilent(o.Logger)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.AfterFunc == nil {
		o.AfterFunc = func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }
	}
	if o.Jitter == nil {
		o.Jitter = func(most time.Duration) time.Duration { return rand.N(most + 1) }
	}
}

// Send puts the alert into the queue, or among the dead letters if that is full.
func (w *Webhook) Send(a *Alert) {
	body, err := json.Marshal(a)
	if err == nil {
		err = w.box.put(letter{a, body})
	}
	if err != nil {
		w.bury(letter{alert: a}, 0, err)
	}
}
