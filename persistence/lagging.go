package persistence

// Lagging is the transaction of an Update by somebody who sees changes late: it
// reads and writes the present, but what he goes by is older.
type Lagging interface {
	// Lagged shows what he sees. It is valid as long as the transaction.
	Lagged() Tx
}

// Lagged is what he who runs the transaction sees of the state: the transaction
// itself, unless changes reach him late.
func Lagged(tx Tx) Tx {
	if l, ok := tx.(Lagging); ok {
		return l.Lagged()
	}
	return tx
}
