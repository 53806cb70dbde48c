package badgerstore

import (
	"fmt"
	"sync"
	"time"
)

// syncInterval is the time from a commit to the start of writing out. It leaves enough
// of a second for the writing itself.
const syncInterval = 500 * time.Millisecond

// syncer writes out what was committed. One round serves all Updates that
// committed before it began.
type syncer struct {
	each  bool // an Update waits for its round
	after func(time.Duration) <-chan time.Time

	wake chan struct{} // there is a commit
	quit chan struct{} // Close has begun
	done chan struct{} // the goroutine has ended

	mu      sync.Mutex
	turn    *sync.Cond
	running bool   // a round is running
	reached uint64 // the number up to which everything is on the medium
	err     error  // of the round that failed, which is the last one
}

func newSyncer(o Options, reached uint64) *syncer {
	y := &syncer{
		each: o.SyncWrites, after: o.after, reached: reached,
		wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
	if y.after == nil {
		y.after = time.After
	}
	y.turn = sync.NewCond(&y.mu)
	return y
}

// reach returns when everything up to a number is on the medium. The caller runs a round
// if none is running.
func (y *syncer) reach(number uint64, round func() (uint64, error)) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	for y.reached < number && y.err == nil {
		if y.running {
			y.turn.Wait()
			continue
		}
		y.running = true
		y.mu.Unlock()
		reached, err := round()
		y.mu.Lock()
		y.running, y.reached, y.err = false, max(reached, y.reached), err
		y.turn.Broadcast()
	}
	if y.reached < number {
		return y.err
	}
	return nil
}

// notify makes the goroutine do a round soon.
func (y *syncer) notify() {
	select {
	case y.wake <- struct{}{}:
	default:
	}
}

// soon waits for a commit and then for the interval, and returns false at the
// end of the store.
func (y *syncer) soon() bool {
	select {
	case <-y.wake:
	case <-y.quit:
		return false
	}
	select {
	case <-y.after(syncInterval):
		return true
	case <-y.quit:
		return false
	}
}

// startSync begins to write out, now that Badger has created its files. If Updates wait
// for the medium, it writes out first what was there before them.
func (s *store) startSync(o Options) error {
	if err := s.directory.tightenFiles(); err != nil {
		return err
	}
	s.sync = newSyncer(o, s.directory.mark.number)
	go s.writeOutInTime()
	if o.SyncWrites {
		return s.writeOut()
	}
	if s.number > s.directory.mark.number {
		s.sync.notify()
	}
	return nil
}

// writeOutInTime writes out in the background, if Updates do not wait for it.
func (s *store) writeOutInTime() {
	defer close(s.sync.done)
	if s.sync.each {
		return
	}
	for s.sync.soon() {
		if err := s.writeOut(); err != nil {
			return // and no transaction begins any more
		}
	}
}

// writeOut returns when everything committed is on the medium.
func (s *store) writeOut() error {
	s.life.Lock()
	number := s.head.number
	s.life.Unlock()
	return s.reach(number)
}

// reach returns when everything up to a number is on the medium. A failure stops the
// store: the system forgets what it failed to write, so a second attempt would succeed
// without having written it.
func (s *store) reach(number uint64) error {
	err := s.sync.reach(number, s.round)
	if err != nil {
		return s.fail(fmt.Errorf("writing out: %w", err))
	}
	return nil
}

// round writes out the present state and marks it. If Views must not see what may be
// lost, it then shows the state to them.
func (s *store) round() (reached uint64, err error) {
	s.life.Lock()
	at := s.head
	at.uses.Add(1)
	s.life.Unlock()
	defer at.release()
	if err := s.directory.writeOut(); err != nil {
		return 0, err
	}
	if err := s.directory.writeMark(at.number, s.sync.each); err != nil {
		return 0, err
	}
	if s.sync.each {
		s.publish(at)
	}
	return at.number, nil
}

// stopSync ends the goroutine and writes out what is left.
func (s *store) stopSync() error {
	close(s.sync.quit)
	<-s.sync.done
	return s.writeOut()
}
