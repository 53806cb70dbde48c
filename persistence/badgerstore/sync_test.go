package badgerstore

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
)

// steps records the order in which a store writes out.
type steps struct {
	mu   sync.Mutex
	list []string
}

func (s *steps) add(step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, step)
}

// take returns what was recorded and empties the record.
func (s *steps) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	return list
}

func (s *steps) medium() medium {
	kind := func(path string) string {
		return strings.TrimLeft(filepath.Base(path), "0123456789")
	}
	return medium{
		file:      func(f *os.File) error { s.add("all of " + kind(f.Name())); return nil },
		content:   func(f *os.File) error { s.add("content of " + kind(f.Name())); return nil },
		directory: func(string) error { s.add("directory"); return nil },
	}
}

func put(t *testing.T, s *store, key string) {
	t.Helper()
	err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte(key), []byte("value")) })
	if err != nil {
		t.Fatal(err)
	}
}

// TestOrderOfWritingOut checks that the log and its name are written out before the
// mark, and nothing is when nothing was committed.
func TestOrderOfWritingOut(t *testing.T) {
	t.Parallel()
	var seen steps
	s, err := open(Options{Dir: t.TempDir(), SyncWrites: true, medium: seen.medium()})
	if err != nil {
		t.Fatal(err)
	}
	log, mark := "all of .mem", "content of SYNCED"
	for _, step := range []struct {
		name string
		do   func()
		want []string
	}{
		{"the start", func() {}, []string{mark, mark, "all of SYNCED", "directory"}},
		{"the first commit", func() { put(t, s, "a") }, []string{log, "directory", mark}},
		{"another", func() { put(t, s, "b") }, []string{log, mark}},
		{"a read", func() { sizes(t, s) }, nil},
		{"an Update that writes nothing", func() {
			if err := s.Update(t.Context(), func(persistence.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}, nil},
		{"the end", func() {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}, []string{"all of CLOSED", "directory"}},
	} {
		step.do()
		if diff := cmp.Diff(step.want, seen.take()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

// TestMarkFollowsTheMedium looks into the mark's file at each step: it never
// says more than was written out.
func TestMarkFollowsTheMedium(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var logged, marked uint64 // transactions in the log when it was last written out
	var s *store
	m := medium{content: func(f *os.File) error {
		found, ok, err := (&directory{path: dir}).readMark()
		if !ok || err != nil || found.number > logged {
			t.Errorf("the mark says %d, and %d were written out (%t, %v)", found.number, logged, ok, err)
		}
		marked = found.number
		return nil
	}, directory: func(string) error { return nil }}
	m.file = func(f *os.File) error {
		if strings.HasSuffix(f.Name(), ".mem") {
			content, err := os.ReadFile(f.Name())
			if err != nil {
				return err
			}
			logged = readLog(content).last
		}
		return nil
	}
	s, err := open(Options{Dir: dir, SyncWrites: true, medium: m})
	if err != nil {
		t.Fatal(err)
	}
	for want := uint64(1); want <= 5; want++ {
		put(t, s, "a")
		if marked != want {
			t.Errorf("after Update %d the mark says %d", want, marked)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestUpdatesShareTheMedium holds the medium while Updates commit. No View sees
// them before the medium has them, and one more round serves all.
func TestUpdatesShareTheMedium(t *testing.T) {
	t.Parallel()
	const waiting = 20
	entered, proceed := make(chan struct{}, 2*waiting), make(chan struct{})
	rounds := 0
	m := medium{
		file: func(f *os.File) error {
			if strings.HasSuffix(f.Name(), ".mem") {
				rounds++
				entered <- struct{}{}
				<-proceed
			}
			return nil
		},
		content: noFile, directory: func(string) error { return nil },
	}
	s, err := open(Options{Dir: t.TempDir(), SyncWrites: true, medium: m})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	update := func(n int) {
		defer group.Done()
		err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte{byte(n)}, nil) })
		if err != nil {
			t.Error(err)
		}
	}
	group.Add(1)
	go update(0)
	<-entered
	group.Add(waiting)
	for n := range waiting {
		go update(n + 1)
	}
	for committed := uint64(0); committed < 1+waiting; { // they do not wait for the first to return
		s.life.Lock()
		committed = s.head.number
		s.life.Unlock()
		runtime.Gosched()
	}
	if got := sizes(t, s); len(got) != 0 {
		t.Errorf("a View sees %d pairs that are not on the medium", len(got))
	}
	close(proceed)
	group.Wait()
	if got := sizes(t, s); len(got) != 1+waiting {
		t.Errorf("%d pairs, want %d", len(got), 1+waiting)
	}
	if rounds != 2 {
		t.Errorf("%d rounds for %d Updates, want 2", rounds, 1+waiting)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestWritesOutInTime checks that a commit is written out when its interval has passed,
// and not before.
func TestWritesOutInTime(t *testing.T) {
	t.Parallel()
	asked, passed := make(chan time.Duration), make(chan time.Time)
	after := func(interval time.Duration) <-chan time.Time {
		asked <- interval
		return passed
	}
	var seen steps
	s, err := open(Options{Dir: t.TempDir(), medium: seen.medium(), after: after})
	if err != nil {
		t.Fatal(err)
	}
	seen.take()
	for round := range 3 {
		put(t, s, "a")
		if interval := <-asked; interval > time.Second/2 {
			t.Errorf("it is written out after %v, want at most half a second", interval)
		}
		seen.take() // the write-out at the end of the round before may have come late enough to have this commit
		put(t, s, "b")
		if early := seen.take(); early != nil {
			t.Errorf("before the interval has passed: %v", early)
		}
		passed <- time.Time{}
		<-asked // since there was a second commit
		if got := seen.take(); len(got) < 2 || got[len(got)-1] != "content of SYNCED" {
			t.Errorf("round %d wrote out %v", round, got)
		}
		passed <- time.Time{}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFailedMedium checks that an Update that is not on the medium is not acknowledged,
// and that the store stops after it.
func TestFailedMedium(t *testing.T) {
	t.Parallel()
	broken := errors.New("the medium is broken")
	var failing bool
	m := medium{content: noFile, directory: func(string) error { return nil }, file: func(*os.File) error {
		if failing {
			return broken
		}
		return nil
	}}
	s, err := open(Options{Dir: t.TempDir(), SyncWrites: true, medium: m})
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "a")
	failing = true
	for range 2 {
		err := s.Update(t.Context(), func(tx persistence.Tx) error { return tx.Put([]byte("b"), nil) })
		if !errors.Is(err, broken) {
			t.Errorf("Update = %v, want %v", err, broken)
		}
	}
	if err := s.Close(); !errors.Is(err, broken) {
		t.Errorf("Close = %v, want %v", err, broken)
	}
}
