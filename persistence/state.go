package persistence

import "bytes"

// State is a copy of everything that a store held at one moment. It does not
// change, and may be put into any store.
type State struct {
	items []Item // in the order of their keys
	size  int
}

// Capture copies the state that tx sees.
func Capture(tx Tx) (*State, error) {
	s := &State{}
	for item, err := range tx.Scan(nil, nil) {
		if err != nil {
			return nil, err
		}
		s.items = append(s.items, Item{bytes.Clone(item.Key), bytes.Clone(item.Value)})
		s.size += len(item.Key) + len(item.Value)
	}
	return s, nil
}

// Size returns the number of bytes in the keys and values.
func (s *State) Size() int { return s.size }

// Tables returns how many records each table has, in all accounts together;
// index entries and counts are not records.
func (s *State) Tables() map[string]int {
	tables := map[string]int{}
	for _, item := range s.items {
		if table, ok := TableOf(item.Key); ok {
			tables[table]++
		}
	}
	return tables
}

// TableOf returns the name of the table to whose record the key belongs, and false for a
// key of an index or a count.
func TableOf(key []byte) (name string, ok bool) {
	_, rest, _ := bytes.Cut(key, []byte{0})
	table, _, ok := bytes.Cut(rest, []byte{0})
	return string(table), ok && string(table) != countTable && !bytes.ContainsRune(table, '/')
}

// Replace makes the whole state that tx sees equal to s, in an Update; a nil s
// is the empty state. It writes only what differs.
func Replace(tx Tx, s *State) error {
	var want []Item
	if s != nil {
		want = s.items
	}
	var gone [][]byte
	for item, err := range tx.Scan(nil, nil) {
		if err != nil {
			return err
		}
		for len(want) > 0 && bytes.Compare(want[0].Key, item.Key) < 0 {
			if err := tx.Put(want[0].Key, want[0].Value); err != nil {
				return err
			}
			want = want[1:]
		}
		if len(want) == 0 || !bytes.Equal(want[0].Key, item.Key) {
			gone = append(gone, bytes.Clone(item.Key))
			continue
		}
		if !bytes.Equal(want[0].Value, item.Value) {
			if err := tx.Put(want[0].Key, want[0].Value); err != nil {
				return err
			}
		}
		want = want[1:]
	}
	return finish(tx, want, gone)
}

// finish puts the items after the last key, and deletes the keys that should not be there.
func finish(tx Tx, rest []Item, gone [][]byte) error {
	for _, item := range rest {
		if err := tx.Put(item.Key, item.Value); err != nil {
			return err
		}
	}
	for _, key := range gone {
		if err := tx.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
