package persistence

import "iter"

// Reads is what was read in one state: keys, also those that were not there, and ranges.
// It can tell whether all of it is the same in another state. The zero value holds in no
// state.
type Reads struct {
	numbered bool
	version  uint64
	changes  *Changes // nil if the engine does not tell what has changed
	places   []uint16
	first    [24]uint16 // the first room for places: most decisions read no more
}

// Of returns a transaction like tx that notes what is read in it from now on. What was
// noted before is forgotten.
func (r *Reads) Of(tx Tx) Tx {
	r.version, r.numbered = Version(tx)
	r.changes, r.places = nil, r.first[:0]
	if c, ok := tx.(Changing); ok && r.numbered {
		r.changes = c.Changes()
	}
	return &noting{tx, r}
}

// Hold reports whether everything that was read is the same in the state that tx shows. If
// the engine does not tell what has changed, that is so in the same state only.
func (r *Reads) Hold(tx Tx) bool {
	version, numbered := Version(tx)
	if !numbered || !r.numbered {
		return false
	}
	if version == r.version {
		return true
	}
	if r.changes == nil {
		return false
	}
	earlier := min(version, r.version)
	for _, p := range r.places {
		if r.changes.last[p].Load() > earlier {
			return false
		}
	}
	return true
}

// Noting returns a transaction like tx that notes what is read in it for StateCache.Put.
func Noting(tx Tx) Tx { return new(Reads).Of(tx) }

// noting is a transaction whose reads are noted.
type noting struct {
	Tx
	reads *Reads
}

// Version implements Versioned.
func (n *noting) Version() (uint64, bool) { return Version(n.Tx) }

// Changes implements Changing.
func (n *noting) Changes() *Changes { return n.reads.changes }

// Get implements Tx.
func (n *noting) Get(key []byte) ([]byte, error) {
	if c := n.reads.changes; c != nil {
		n.reads.places = append(n.reads.places, c.keyPlace(key))
	}
	return n.Tx.Get(key)
}

// Scan implements Tx.
func (n *noting) Scan(prefix, after []byte) iter.Seq2[Item, error] {
	if c := n.reads.changes; c != nil {
		n.reads.places = append(n.reads.places, c.rangePlace(prefix))
	}
	return n.Tx.Scan(prefix, after)
}

// add notes in tx, if tx notes reads, what was read for a value that is used in it.
func (r *Reads) add(tx Tx) {
	for n, ok := tx.(*noting); ok; n, ok = n.Tx.(*noting) {
		n.reads.places = append(n.reads.places, r.places...)
	}
}
