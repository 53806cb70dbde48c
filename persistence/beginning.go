package persistence

// Beginning is a transaction that can show the state with which it began, such as
// that of an Update, whose writes change what it sees.
type Beginning interface {
	// Before shows that state, with its version, to be read only. It is valid as
	// long as the transaction.
	Before() Tx
}

// Before returns the state with which a transaction began, as its caller sees it. It
// returns the transaction itself if that has not changed since: what a View sees never
// changes, nor does what an Update sees that has written nothing.
func Before(tx Tx) Tx {
	if b, ok := tx.(Beginning); ok {
		return b.Before()
	}
	return tx
}
