package persistence

// Versioned is a Tx of an engine that numbers its states. Two Views of one open store with
// equal numbers see the same state, so what was derived from one holds for the other; a
// later state has a greater number. Numbers of different stores, or from before and after
// a store was opened again, cannot be compared.
type Versioned interface {
	// Version returns the number of the state that a View sees, and false in an
	// Update, whose writes change what it sees.
	Version() (uint64, bool)
}

// Version returns the number of the state that tx sees, and false if it cannot
// tell.
func Version(tx Tx) (uint64, bool) {
	if v, ok := tx.(Versioned); ok {
		return v.Version()
	}
	return 0, false
}
