package alerts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// deliver sends a letter until the receiver takes it, or gives it up.
func (w *Webhook) deliver(l letter) {
	for n := 1; ; n++ {
		if w.ctx.Err() != nil {
			w.bury(l, n-1, context.Cause(w.ctx))
			return
		}
		err := w.attempt(l)
		if err == nil {
			return
		}
		if n == w.o.Attempts || hopeless(err) || w.isStopping() {
			w.bury(l, n, err)
			return
		}
		w.pause(n)
	}
}

// attempt sends a letter once.
func (w *Webhook) attempt(l letter) error {
	ctx, cancel := context.WithCancelCause(w.ctx)
	defer cancel(nil)
	defer w.o.AfterFunc(w.o.Timeout, func() { cancel(errTooSlow) })()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.o.URL, bytes.NewReader(l.body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "understudy")
	sign(r.Header, l, w.o.Secret, w.o.Now())
	answer, err := w.client.Do(r)
	if err != nil {
		return failure(ctx, err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // so that the connection can be used again
	if answer.StatusCode/100 != 2 {
		return &statusError{answer.StatusCode, answer.Status}
	}
	return nil
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 64 << 10

// failure is the error of a request without the method and the URL that net/http
// puts before it, and with the reason why the attempt was ended.
func failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var sent *url.Error
	if errors.As(err, &sent) {
		err = sent.Err
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("it closed the connection without an answer: %w", err)
	}
	return err
}

// pause waits before the attempt that follows n attempts, unless the Webhook is stopping.
func (w *Webhook) pause(n int) {
	most := maxPause
	if n < 16 { // or the shift would leave no bits
		most = min(maxPause, firstPause<<(n-1))
	}
	over := make(chan struct{})
	stop := w.o.AfterFunc(w.o.Jitter(most), func() { close(over) })
	defer stop()
	select {
	case <-over:
	case <-w.stopping:
	}
}

func (w *Webhook) isStopping() bool {
	select {
	case <-w.stopping:
		return true
	default:
		return false
	}
}

// bury gives a letter up.
func (w *Webhook) bury(l letter, attempts int, reason error) {
	w.dead.put(&DeadLetter{Time: w.o.Now().UTC(), URL: w.shown, Attempts: attempts, Reason: reason.Error(), Alert: l.alert})
	if w.isStopping() {
		w.given.Add(1)
	}
}

// errStopped is the reason of letters for which there was no time.
var errStopped = errors.New("there was no more time: the server stopped, or read its rules again")

// Close sends what waits, each once more and without pauses, until ctx is done. What is
// not delivered then is a dead letter; the error says how many are.
func (w *Webhook) Close(ctx context.Context) error {
	w.box.close()
	w.stopOnce.Do(func() { close(w.stopping) })
	select {
	case <-w.box.done:
	case <-ctx.Done():
		w.abandon(errStopped)
		<-w.box.done // soon: all attempts end
	}
	w.abandon(nil)
	w.client.CloseIdleConnections()
	var errs []error
	if n := w.given.Load(); n > 0 {
		errs = append(errs, fmt.Errorf("%d alerts could not be delivered to %s before it was closed; %s", n, w.shown, w.dead.where()))
	}
	return errors.Join(append(errs, w.dead.close(ctx))...)
}
