package persistence

// Beginning is a transaction that can show the state with which it began, such as
// that of an Update, whose writes change what it sees.
type Beginning interface {
	// Before shows that state, with its version, to be read only. It is valid as
	// long as the transaction.
	Before() Tx
}

// Before is the state with which a transaction began, as its caller sees it. It is
// the transaction itself if that cannot tell: nothing changes what a View sees, and
// an Update that has written nothing is where it began.
func Before(tx Tx) Tx {
	if b, ok := tx.(Beginning); ok {
		return b.Before()
	}
	return tx
}
