package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watched is a fileWatch whose events and time the test controls.
type watched struct {
	dir     string
	events  chan fsnotify.Event
	hangup  chan os.Signal
	settled chan time.Time
	applied chan string // the seed, each time that it is applied
	fault   error
	log     strings.Builder
}

func watchSeed(t *testing.T) *watched {
	x := &watched{
		dir: t.TempDir(), events: make(chan fsnotify.Event), hangup: make(chan os.Signal),
		settled: make(chan time.Time), applied: make(chan string, 1),
	}
	x.write(t, "policy.json", `{"Version":"2012-10-17","Statement":[]}`)
	x.write(t, "iam.yaml", "accounts: [{id: '111122223333', policies: [{name: p, document: {file: policy.json}}]}]")
	name := filepath.Join(x.dir, "iam.yaml")
	w := &fileWatch{
		files: []string{name}, others: seedFiles, failed: "the seed was not applied, and nothing has changed", after: func() <-chan time.Time { return x.settled },
		logger: slog.New(slog.NewTextHandler(&x.log, nil)),
		apply: func(context.Context) error {
			text, err := os.ReadFile(name)
			x.applied <- string(text)
			return errors.Join(err, x.fault)
		},
	}
	w.digest = w.read()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		w.run(ctx, x.events, x.hangup)
		close(done)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return x
}

func (x *watched) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(x.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// change reports changes, and then that files have been left alone. The last event is
// received when run is back in its loop.
func (x *watched) change() {
	x.events <- fsnotify.Event{}
	x.events <- fsnotify.Event{}
	x.settled <- time.Time{}
	x.events <- fsnotify.Event{}
}

func (x *watched) wantApplied(t *testing.T, want bool) {
	t.Helper()
	select {
	case <-x.applied:
		if !want {
			t.Error("the seed was applied")
		}
	default:
		if want {
			t.Error("the seed was not applied")
		}
	}
}

func TestAChangedSeedIsApplied(t *testing.T) {
	t.Parallel()
	x := watchSeed(t)
	x.change()
	x.wantApplied(t, false) // another file has changed
	x.write(t, "iam.yaml", "accounts: []")
	x.change()
	x.wantApplied(t, true)
	x.change()
	x.wantApplied(t, false)
}

func TestAChangedFileOfASeedIsNoticed(t *testing.T) {
	t.Parallel()
	x := watchSeed(t)
	x.write(t, "policy.json", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`)
	x.change()
	x.wantApplied(t, true)
}

func TestHangupAppliesASeed(t *testing.T) {
	t.Parallel()
	x := watchSeed(t)
	x.hangup <- syscall.SIGHUP
	x.events <- fsnotify.Event{}
	x.wantApplied(t, true)
}

func TestAFaultOfASeedIsLogged(t *testing.T) {
	t.Parallel()
	x := watchSeed(t)
	x.fault = errors.New("iam.yaml:1: a fault")
	x.write(t, "iam.yaml", "accounts: [{}]")
	x.change()
	x.wantApplied(t, true)
	if !strings.Contains(x.log.String(), "iam.yaml:1: a fault") {
		t.Errorf("log = %s", x.log.String())
	}
}
