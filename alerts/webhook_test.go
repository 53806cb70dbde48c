package alerts_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/alerts"
)

// A receiver can check the signature, as Standard Webhooks describes it, and finds
// the alert in the body.
func TestAWebhookIsSigned(t *testing.T) {
	t.Parallel()
	requests := make(chan *http.Request, 1)
	v := receive(t, func(_ int, _ http.ResponseWriter, r *http.Request) int {
		requests <- r
		return http.StatusNoContent
	})
	s := send(t, v.URL, nil, func(o *alerts.WebhookOptions) { o.Secret = []byte("key") })
	s.Send(alert("a1"))
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := <-requests
	body, _ := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, []byte("key"))
	fmt.Fprintf(mac, "a1.%d.%s", noon.Unix(), body)
	for name, want := range map[string]string{
		"Webhook-Id": "a1", "Webhook-Timestamp": fmt.Sprint(noon.Unix()), "Content-Type": "application/json",
		"Webhook-Signature": "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q; want %q", name, got, want)
		}
	}
	var got alerts.Alert
	if err := json.Unmarshal(body, &got); err != nil || got.Sentence != "root was used" || got.Event.Detail.RequestID != "r-a1" {
		t.Errorf("the body is %s: %v", body, err)
	}
	if dead := s.dead(t); len(dead) > 0 || len(s.pauses) > 0 {
		t.Errorf("dead letters %v, pauses %v", dead, s.pauses)
	}
}

// Each trouble ends in a dead letter that says what it was, after as many attempts
// as can help.
func TestTroubleOfAReceiver(t *testing.T) {
	t.Parallel()
	closed := receive(t, always(200))
	closed.Close()
	elsewhere := receive(t, always(200))
	slow := make(chan struct{})
	for _, c := range []struct {
		name     string
		url      string
		answer   func(int, http.ResponseWriter, *http.Request) int
		attempts int
		reason   string
	}{
		{name: "refused", url: closed.URL, attempts: 3, reason: "connection refused"},
		{name: "500", answer: always(500), attempts: 3, reason: "it answered 500 Internal Server Error"},
		{name: "busy", answer: always(429), attempts: 3, reason: "it answered 429 Too Many Requests"},
		{name: "400", answer: always(400), attempts: 1, reason: "it answered 400 Bad Request"},
		{name: "lost", answer: lose, attempts: 3, reason: "it closed the connection without an answer: EOF"},
		{name: "slow", answer: func(_ int, _ http.ResponseWriter, r *http.Request) int {
			slow <- struct{}{}
			<-r.Context().Done()
			return 0
		}, attempts: 3, reason: "it did not answer in time"},
		{name: "redirect", answer: func(_ int, w http.ResponseWriter, _ *http.Request) int {
			w.Header().Set("Location", elsewhere.URL)
			return http.StatusTemporaryRedirect
		}, attempts: 1, reason: "it answered 307 Temporary Redirect, and redirects are not followed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.answer != nil {
				c.url = receive(t, c.answer).URL
			}
			s := send(t, c.url, slow)
			s.Send(alert("a1"))
			<-s.buried
			if err := s.Close(t.Context()); err != nil {
				t.Error(err)
			}
			dead := s.dead(t)
			if len(dead) != 1 || dead[0].Alert.ID != "a1" || dead[0].Attempts != c.attempts ||
				!strings.HasSuffix(dead[0].Reason, c.reason) {
				t.Errorf("the dead letters are %+v", dead)
			}
			if want := c.attempts - 1; len(s.pauses) != want {
				t.Errorf("it paused %d times; want %d", len(s.pauses), want)
			}
			if !strings.Contains(s.log.String(), "id=a1 request_id=r-a1") {
				t.Errorf("the log does not name the alert: %s", s.log)
			}
		})
	}
	if took := elsewhere.taken(); len(took) > 0 {
		t.Errorf("a redirect was followed: %v", took)
	}
}

// An alert arrives when the receiver is well again. The pauses grow, up to a bound.
func TestAReceiverThatGetsWell(t *testing.T) {
	t.Parallel()
	v := receive(t, func(n int, w http.ResponseWriter, r *http.Request) int {
		switch {
		case n > 9:
			return 200
		case n%2 == 0:
			return lose(n, w, r)
		}
		return 503
	})
	s := send(t, v.URL, nil, func(o *alerts.WebhookOptions) { o.Attempts = 20 })
	s.Send(alert("a1"))
	s.Send(alert("a2"))
	<-v.arrived
	<-v.arrived
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a1", "a2"}, v.taken()); diff != "" || len(s.dead(t)) > 0 {
		t.Errorf("delivered (-want +got):\n%s\ndead letters %v", diff, s.dead(t))
	}
	want := []time.Duration{1e9, 2e9, 4e9, 8e9, 16e9, 30e9, 30e9, 30e9, 30e9}
	if diff := cmp.Diff(want, s.pauses); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
}

// What does not fit into the queue of a receiver that is slow is a dead letter, and
// all others arrive.
func TestAQueueThatIsFull(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan struct{}, 10), make(chan struct{})
	v := receive(t, func(int, http.ResponseWriter, *http.Request) int {
		begun <- struct{}{}
		<-goOn
		return 200
	})
	s := send(t, v.URL, nil, func(o *alerts.WebhookOptions) { o.Queue = 2 })
	s.Send(alert("a0"))
	<-begun // so that the queue is empty
	for i := range 4 {
		s.Send(alert(fmt.Sprint("a", i+1)))
	}
	close(goOn)
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a0", "a1", "a2"}, v.taken()); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	dead := s.dead(t)
	if diff := cmp.Diff([]string{"a3", "a4"}, deadIDs(dead)); diff != "" {
		t.Fatalf("dead letters (-want +got):\n%s", diff)
	}
	if dead[0].Reason != "the queue is full" || dead[0].Attempts != 0 || dead[0].URL != v.URL || !dead[0].Time.Equal(noon) {
		t.Errorf("the dead letter is %+v", dead[0])
	}
}

// A server that stops while it sends leaves a dead letter of each alert that was not
// delivered, whether it is sent, waits for another attempt or waits in the queue.
func TestStoppingWhileSending(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 10)
	v := receive(t, func(_ int, _ http.ResponseWriter, r *http.Request) int {
		begun <- struct{}{}
		<-r.Context().Done()
		return 0
	})
	s := send(t, v.URL, nil)
	for i := range 3 {
		s.Send(alert(fmt.Sprint("a", i)))
	}
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Close(ctx)
	want := "3 alerts could not be delivered to " + v.URL + " before it was closed; " + s.deadLetters + " has them"
	if err == nil || err.Error() != want {
		t.Errorf("Close: %v; want %s", err, want)
	}
	dead := s.dead(t)
	if diff := cmp.Diff([]string{"a0", "a1", "a2"}, deadIDs(dead)); diff != "" {
		t.Fatalf("dead letters (-want +got):\n%s", diff)
	}
	for i, attempts := range []int{1, 0, 0} {
		if dead[i].Attempts != attempts || dead[i].Reason != "there was no more time: the server stopped, or read its rules again" {
			t.Errorf("the dead letter is %+v", dead[i])
		}
	}
	s.Send(alert("late"))
	if !strings.Contains(s.log.String(), "id=late") {
		t.Error("an alert after the end is not in the log")
	}
}

// A server that stops while a webhook pauses makes one more attempt of each alert,
// and does not wait for the end of the pause.
func TestStoppingWhilePausing(t *testing.T) {
	t.Parallel()
	paused := make(chan struct{}, 1)
	v := receive(t, func(n int, _ http.ResponseWriter, _ *http.Request) int {
		if n == 1 || n == 3 {
			return 500
		}
		return 200
	})
	s := send(t, v.URL, nil, func(o *alerts.WebhookOptions) {
		o.AfterFunc = func(d time.Duration, f func()) func() bool {
			if d < timeout {
				paused <- struct{}{}
			}
			return func() bool { return true }
		}
	})
	for i := range 3 {
		s.Send(alert(fmt.Sprint("a", i)))
	}
	<-paused
	if err := s.Close(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "1 alerts could not be delivered") {
		t.Errorf("Close: %v", err)
	}
	if diff := cmp.Diff([]string{"a0", "a2"}, v.taken()); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a1"}, deadIDs(s.dead(t))); diff != "" {
		t.Errorf("dead letters (-want +got):\n%s", diff)
	}
}

// Whatever a receiver does and whenever the server stops: each alert was delivered or
// is a dead letter.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 1))
		var mu sync.Mutex
		draw := func(n int) int {
			mu.Lock()
			defer mu.Unlock()
			return random.IntN(n)
		}
		v := receive(t, func(n int, w http.ResponseWriter, r *http.Request) int {
			if draw(4) == 0 {
				return lose(n, w, r)
			}
			return []int{200, 200, 204, 500, 503, 404}[draw(6)]
		})
		s := send(t, v.URL, nil, func(o *alerts.WebhookOptions) { o.Queue = 1 + draw(20) })
		var sent []string
		for i := range 40 {
			sent = append(sent, fmt.Sprint("a", i))
			s.Send(alert(sent[i]))
		}
		ctx, cancel := context.WithCancel(t.Context())
		if draw(2) == 0 {
			cancel()
		}
		_ = s.Close(ctx) // says what the dead letters say
		cancel()
		found := append(v.taken(), deadIDs(s.dead(t))...)
		for _, id := range sent {
			if !slices.Contains(found, id) {
				t.Errorf("seed %d: %s was neither delivered nor is it a dead letter", seed, id)
			}
		}
	}
}

// What may be a secret in a URL is in no file and no log: its password, path and query.
func TestTheSecretsOfAURLAreNotShown(t *testing.T) {
	t.Parallel()
	v := receive(t, always(500))
	s := send(t, strings.Replace(v.URL, "http://", "http://ana:hunter2@", 1)+"/services/hunter3?token=hunter4", nil)
	s.Send(alert("a1"))
	<-s.buried
	err := s.Close(t.Context())
	if all := fmt.Sprint(s.dead(t), s.log, err); strings.Contains(all, "hunter") || !strings.Contains(all, v.URL+"/...") {
		t.Errorf("%s", all)
	}
}

func TestWebhooksThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		o    alerts.WebhookOptions
		says string
	}{
		{"no URL", alerts.WebhookOptions{}, "the url of a webhook is not one of http or https"},
		{"another scheme", alerts.WebhookOptions{URL: "ftp://127.0.0.1/"}, "the url of a webhook is not one of http or https"},
		{"a secret in a URL that is none", alerts.WebhookOptions{URL: "http://ana:hunter2@[::1/"}, "the url of a webhook is not one of http or https"},
		{"not this machine", alerts.WebhookOptions{URL: "http://192.0.2.1:9/alerts"}, "192.0.2.1 is at 192.0.2.1, which is not this machine; " +
			"allow it with --alerts-allow 192.0.2.1, or send the alerts to a loopback address"},
		{"not this machine, and another one is allowed", alerts.WebhookOptions{URL: "http://[2001:db8::1]/", Allow: []string{"192.0.2.1"}},
			"2001:db8::1 is at 2001:db8::1, which is not this machine"},
		{"a directory that is not there", alerts.WebhookOptions{URL: "http://127.0.0.1/", DeadLetter: filepath.Join(t.TempDir(), "no", "dead")},
			"the dead-letter file: open "},
	} {
		_, err := alerts.NewWebhook(c.o)
		if err == nil || !strings.HasPrefix(err.Error(), c.says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v; want %s", c.name, err, c.says)
		}
	}
}
