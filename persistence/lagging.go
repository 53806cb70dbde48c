package persistence

import (
	"context"
	"time"
)

// lagKey is the key of a context's lag.
type lagKey struct{}

// WithLag returns the context of somebody who sees changes only this time after they were
// made. An engine that does not keep older states shows the present state nevertheless.
func WithLag(ctx context.Context, lag time.Duration) context.Context {
	return context.WithValue(ctx, lagKey{}, lag)
}

// Lag returns how late changes are seen; 0: at once.
func Lag(ctx context.Context) time.Duration {
	lag, _ := ctx.Value(lagKey{}).(time.Duration)
	return lag
}

// Lagging is the transaction of an Update whose context lags: it reads and writes
// the present, but its caller sees an older state.
type Lagging interface {
	// Lagged shows that state. It is valid as long as the transaction.
	Lagged() Tx
}

// Lagged returns the state that the caller of a transaction sees: the transaction
// itself, unless its context lags.
func Lagged(tx Tx) Tx {
	if l, ok := tx.(Lagging); ok {
		return l.Lagged()
	}
	return tx
}
