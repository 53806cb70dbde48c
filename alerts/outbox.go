package alerts

import (
	"errors"
	"sync"
	"sync/atomic"
)

// maxHeld is how many bytes the letters of an outbox may take: an alert holds its
// event, which may hold a long policy.
const maxHeld = 16 << 20

// Why an outbox does not take a letter.
var (
	errFull   = errors.New("the queue is full")
	errClosed = errors.New("it is closed")
)

// A letter is an alert on its way to a sink.
type letter struct {
	alert *Alert
	body  []byte // what is sent or written
}

// An outbox keeps letters until its goroutine has delivered them, one after the
// other. It is bounded by number and bytes: a receiver that does not answer must
// not fill the memory.
type outbox struct {
	letters chan letter
	held    atomic.Int64  // bytes of the letters that are not delivered
	done    chan struct{} // closed when the goroutine has ended

	mu     sync.Mutex
	closed bool
}

// newOutbox makes an outbox for a number of letters that wait, and starts its
// goroutine. It ends when the outbox is closed and empty.
func newOutbox(size int, deliver func(letter)) *outbox {
	o := &outbox{letters: make(chan letter, size), done: make(chan struct{})}
	go func() {
		defer close(o.done)
		for l := range o.letters {
			deliver(l)
			o.held.Add(int64(-len(l.body)))
		}
	}()
	return o
}

// put takes a letter and does not wait. The error is errFull or errClosed.
func (o *outbox) put(l letter) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return errClosed
	}
	held, size := o.held.Load(), int64(len(l.body))
	if held > 0 && held+size > maxHeld {
		return errFull
	}
	select {
	case o.letters <- l:
		o.held.Add(size)
		return nil
	default:
		return errFull
	}
}

// close takes no more letters. Those that were taken are delivered.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.closed = true
		close(o.letters)
	}
}
