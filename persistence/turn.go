package persistence

import "context"

// Turn lets one Update run at a time. Unlike with a mutex, waiting for it ends when the
// context is done. Make one with NewTurn.
type Turn chan struct{}

// NewTurn returns a Turn that is free.
func NewTurn() Turn { return make(Turn, 1) }

// Take waits for the turn. It returns the error of Done if ctx is done first,
// also if it was done from the start; then the turn is not the caller's.
func (t Turn) Take(ctx context.Context) error {
	if err := Done(ctx); err != nil {
		return err
	}
	select {
	case t <- struct{}{}: // without ctx.Done, which costs an allocation
		return nil
	default:
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return Done(ctx)
	}
}

// Give ends the caller's turn.
func (t Turn) Give() { <-t }
