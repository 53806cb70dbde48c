// Package persistence is the state of Understudy: records, typed tables over
// ordered keys, and the Store and Tx interfaces that an engine implements.
//
// It guarantees what every engine must keep, and storetest proves: an Update
// is all or nothing and serializable, ranges included; a View sees one moment;
// an Update that returned nil survives the end of the process if the engine
// keeps its data on disk; a transaction whose context is done before it commits
// does nothing.
//
// Caveats: the package knows no SDK, no HTTP and no policy. Every key begins
// with the account ID. The function given to Update may run again, so it reads
// no clock, makes no ID and sends nothing. Slices handed out by a Tx are valid
// until the transaction ends, unless a method says otherwise.
package persistence

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// ErrNotFound is returned when a key or record does not exist.
var ErrNotFound = errors.New("persistence: not found")

// ErrExists is returned when there is a record already under the key of a new one.
var ErrExists = errors.New("persistence: exists")

// ErrClosed is returned when a store is used after Close.
var ErrClosed = errors.New("persistence: store is closed")

// ErrReadOnly is returned when a View function writes.
var ErrReadOnly = errors.New("persistence: transaction is read-only")

// ErrInUse is returned when another process has the data directory open.
var ErrInUse = errors.New("persistence: data directory is in use")

// ErrNewerFormat is returned when a data directory or a database was written by a
// newer version of Understudy.
var ErrNewerFormat = errors.New("persistence: the data has a newer format")

// ErrForeign is returned when a database holds another program's data.
var ErrForeign = errors.New("persistence: the database holds other data")

// ErrDamaged is returned when a data directory or a record cannot be read.
var ErrDamaged = errors.New("persistence: data is damaged")

// ErrFull is returned when there is no room to store more. Nothing was written.
var ErrFull = errors.New("persistence: there is no room on the file system of the data directory")

// ErrAway is returned when a database does not answer, or is too busy, for longer than a
// transaction waits. Nothing was written.
var ErrAway = errors.New("persistence: the database does not answer")

// ErrUnknown is returned when a database went away while an Update was committed. Whether
// it was is not known.
var ErrUnknown = errors.New("persistence: the database did not say whether it has stored the change")

// Store is an engine.
type Store interface {
	// View runs f on the state of one moment. Writes in f fail with ErrReadOnly.
	// If ctx is done before it begins, f does not run and the error wraps ctx.Err().
	View(ctx context.Context, f func(Tx) error) error

	// Update runs f and commits its writes if f returns nil; otherwise it
	// drops them and returns f's error. f may run more than once. If ctx is done
	// before f returns, also while the Update waits for others, nothing is
	// written and the error wraps ctx.Err(); a commit is never undone.
	Update(ctx context.Context, f func(Tx) error) error

	// Close waits for running transactions, for CloseTime at most, and releases the
	// store. A transaction that runs on after that commits nothing: its Update returns
	// ErrClosed. Nothing that an Update has committed is lost.
	Close() error
}

// IsShared reports whether other processes can write into the engine too. Such an engine has
// a method Shared.
func IsShared(s Store) bool {
	shared, ok := s.(interface{ Shared() bool })
	return ok && shared.Shared()
}

// Done returns the error of a transaction whose context is done, or nil. Engines
// ask it before they begin and before they commit.
func Done(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("persistence: nothing was done: %w", err)
	}
	return nil
}

// Tx is a transaction. It must not be used after the function it was given to
// has returned, nor by two goroutines at once.
type Tx interface {
	// Get returns the value of key, or ErrNotFound. The value is the caller's to
	// read until the transaction ends.
	Get(key []byte) ([]byte, error)

	// Put sets the value of key. The engine keeps no reference to either slice.
	Put(key, value []byte) error

	// Delete removes key; deleting what is not there is not an error.
	Delete(key []byte) error

	// Scan yields the pairs whose key begins with prefix and is greater than
	// after, in the order of their bytes; a nil after begins at the prefix. It
	// sees the transaction's own writes. Key and Value are valid until the next
	// step. Writing during a scan is allowed; the scan need not see it.
	Scan(prefix, after []byte) iter.Seq2[Item, error]
}

// Item is one pair of a scan.
type Item struct{ Key, Value []byte }
