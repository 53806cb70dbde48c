package alerts_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/alerts"
	"github.com/understudy-iam/understudy/internal/linefile"
)

// A receiver is a server for webhooks, which answers as the test wants.
type receiver struct {
	*httptest.Server
	mu   sync.Mutex
	took []string // IDs of the alerts to which it answered 2xx

	arrived chan struct{} // has a value for each of them
}

// receive starts a receiver; answer is given the number of each request, from 1, and
// returns the status, or 0 if it has closed the connection.
func receive(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request) int) *receiver {
	t.Helper()
	v := &receiver{arrived: make(chan struct{}, 1000)}
	n := 0
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		n++
		number := n
		v.mu.Unlock()
		body, _ := io.ReadAll(r.Body) // whose end lets the server notice that the client goes away
		r.Body = io.NopCloser(bytes.NewReader(body))
		status := answer(number, w, r)
		if status/100 == 2 {
			v.mu.Lock()
			v.took = append(v.took, r.Header.Get("Webhook-Id"))
			v.mu.Unlock()
			v.arrived <- struct{}{}
		}
		if status > 0 {
			w.WriteHeader(status)
		}
	}))
	t.Cleanup(v.Close)
	return v
}

func (v *receiver) taken() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.took)
}

// always answers each request in the same way.
func always(status int) func(int, http.ResponseWriter, *http.Request) int {
	return func(int, http.ResponseWriter, *http.Request) int { return status }
}

// lose closes the connection of a request without an answer.
func lose(_ int, w http.ResponseWriter, _ *http.Request) int {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		err = conn.Close()
	}
	if err != nil {
		panic(err)
	}
	return 0
}

// A sender is a Webhook whose pauses take no time, and whose attempts take too long when the
// test says so.
type sender struct {
	*alerts.Webhook
	deadLetters string
	log         *bytes.Buffer // to be read when the webhook is closed
	buried      chan struct{} // has a value for each dead letter that was written

	mu     sync.Mutex
	pauses []time.Duration // at most
}

// timeout is told apart from pauses, which are shorter.
const timeout = time.Hour

// send makes a sender; slow, if it is not nil, is closed or sent to when an attempt has
// taken too long.
func send(t *testing.T, url string, slow <-chan struct{}, change ...func(*alerts.WebhookOptions)) *sender {
	t.Helper()
	s := &sender{deadLetters: filepath.Join(t.TempDir(), "dead.jsonl"), log: &bytes.Buffer{}, buried: make(chan struct{}, 1000)}
	o := alerts.WebhookOptions{
		URL: url, Timeout: timeout, Attempts: 3, DeadLetter: s.deadLetters, Now: func() time.Time { return noon },
		Logger: slog.New(slog.NewTextHandler(s.log, nil)), Open: s.open,
		Jitter: func(most time.Duration) time.Duration {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.pauses = append(s.pauses, most)
			return 0
		},
		AfterFunc: func(d time.Duration, f func()) func() bool {
			ended := make(chan struct{})
			switch {
			case d < timeout:
				f()
			case slow != nil:
				go func() {
					select {
					case <-slow:
						f()
					case <-ended:
					}
				}()
			}
			return func() bool { close(ended); return true }
		},
	}
	for _, c := range change {
		c(&o)
	}
	var err error
	if s.Webhook, err = alerts.NewWebhook(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) }) // a second time, as a rule
	return s
}

// open opens the file of dead letters so that the test hears of each.
func (s *sender) open(path string) (linefile.Opened, error) {
	f, err := linefile.Open(path)
	return &heard{f, s.buried}, err
}

type heard struct {
	linefile.Opened
	writes chan<- struct{}
}

func (h *heard) Write(p []byte) (int, error) {
	n, err := h.Opened.Write(p)
	h.writes <- struct{}{}
	return n, err
}

// dead are the dead letters.
func (s *sender) dead(t *testing.T) []alerts.DeadLetter {
	t.Helper()
	return readLines[alerts.DeadLetter](t, s.deadLetters)
}

func deadIDs(list []alerts.DeadLetter) []string {
	ids := []string{}
	for _, d := range list {
		ids = append(ids, d.Alert.ID)
	}
	return ids
}
