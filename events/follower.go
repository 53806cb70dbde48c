package events

// Follower reads the events of a Log as they are added. It has no memory of its
// own: it reads them where the Log keeps them, and what the Log has dropped before
// it was read is lost. One goroutine may use it.
type Follower struct {
	log   *Log
	ready chan struct{}

	next uint64 // the number of the next event; guarded by log.mu, as is what follows
	lost int
}

// Follow makes a Follower of the events that are added from now on, to be stopped
// with Stop.
func (l *Log) Follow() *Follower {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &Follower{log: l, ready: make(chan struct{}, 1), next: l.added}
	l.followers[f] = struct{}{}
	return f
}

// Ready has a value when events may have come since Next found none. It is never
// closed.
func (f *Follower) Ready() <-chan struct{} { return f.ready }

// Next returns the next event; nil if there is none yet.
func (f *Follower) Next() *Event {
	l := f.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if oldest := l.oldest(); f.next < oldest {
		f.lost += int(oldest - f.next)
		f.next = oldest
	}
	if f.next == l.added {
		return nil
	}
	f.next++
	return l.at(f.next - 1).Event
}

// Behind returns how many events Next has still to return, with those that are lost.
func (f *Follower) Behind() int {
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	return int(f.log.added - f.next)
}

// Lost returns how many events were dropped, since it was last asked, before Next
// came to them.
func (f *Follower) Lost() int {
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	n := f.lost
	f.lost = 0
	return n
}

// Stop ends the following.
func (f *Follower) Stop() {
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	delete(f.log.followers, f)
}

func (f *Follower) wake() {
	select {
	case f.ready <- struct{}{}:
	default:
	}
}
