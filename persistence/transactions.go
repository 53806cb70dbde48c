package persistence

import (
	"sync"
	"sync/atomic"
	"time"
)

// CloseTime is how long the Close of an engine waits for running transactions.
const CloseTime = 5 * time.Second

// Transactions counts the transactions that run on an engine. Close waits for them and
// prevents those that still run after it from committing. Make one with NewTransactions.
type Transactions struct {
	running atomic.Int64
	closed  atomic.Bool
	idle    chan struct{} // after the close, none runs

	commits sync.Mutex // guards ended against a commit
	ended   bool
}

// NewTransactions returns the count for an engine that is open.
func NewTransactions() *Transactions { return &Transactions{idle: make(chan struct{}, 1)} }

// Begin adds a transaction to the count. It returns ErrClosed after Close has begun;
// otherwise End must follow.
func (t *Transactions) Begin() error {
	t.running.Add(1)
	if t.closed.Load() {
		t.End()
		return ErrClosed
	}
	return nil
}

// End removes a transaction from the count.
func (t *Transactions) End() {
	if t.running.Add(-1) == 0 && t.closed.Load() {
		select {
		case t.idle <- struct{}{}:
		default:
		}
	}
}

// Commit runs f, which commits what an Update wrote, unless Close no longer waits for the
// Update. Close waits until f returns.
func (t *Transactions) Commit(f func() error) error {
	t.commits.Lock()
	defer t.commits.Unlock()
	if t.ended {
		return ErrClosed
	}
	return f()
}

// Close lets no more transactions begin, and waits until none runs or CloseTime has passed
// by the timer that over returns. It returns how many still run; they commit nothing.
func (t *Transactions) Close(over func(time.Duration) <-chan time.Time) (left int) {
	t.closed.Store(true)
	if t.running.Load() > 0 {
		select {
		case <-t.idle:
		case <-over(CloseTime):
		}
	}
	t.commits.Lock()
	defer t.commits.Unlock()
	t.ended = true
	return int(t.running.Load())
}
