package badgerstore

import (
	"encoding/binary"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/overlay"
)

// What Badger holds. The first byte of a key says of what kind it is:
//
//	k KEY                         a pair
//	p LENGTH-OF-KEY KEY INDEX     a piece of a value that is too large for one
//	j INDEX                       a page of the journal
//	j                             the journal is whole: the number of its pages
//	n                             the number of the last transaction, 8 bytes; see number.go
//
// Numbers are big-endian and have four bytes unless stated otherwise. The value of a pair whose user
// meta is metaPieces is the number of pieces and their total length.
const (
	kindPair    = 'k'
	kindPiece   = 'p'
	kindJournal = 'j'
	kindNumber  = 'n'

	metaPieces = 1
)

const (
	// maxKey keeps our longest key, a piece's, below Badger's limit of 65,000.
	maxKey = 64_000

	// pieceSize is the size from which a value is cut. A page of the journal
	// holds up to twice as much and must stay below valueThreshold.
	pieceSize = 256 << 10
)

func pairKey(key []byte) []byte {
	out := make([]byte, 1+len(key))
	out[0] = kindPair
	copy(out[1:], key)
	return out
}

func pieceKey(key string, index int) []byte {
	out := binary.BigEndian.AppendUint32([]byte{kindPiece}, uint32(len(key)))
	return binary.BigEndian.AppendUint32(append(out, key...), uint32(index))
}

// parsePieceKey is the inverse of pieceKey.
func parsePieceKey(piece []byte) (key string, index int, err error) {
	const head, tail = 5, 4
	if len(piece) < head+tail || int(binary.BigEndian.Uint32(piece[1:])) != len(piece)-head-tail {
		return "", 0, fmt.Errorf("%w: key %q of a piece", persistence.ErrDamaged, piece)
	}
	end := len(piece) - tail
	return string(piece[head:end]), int(binary.BigEndian.Uint32(piece[end:])), nil
}

// entry is one write to Badger.
type entry struct {
	key, value []byte
	meta       byte
	deleted    bool
}

// entries translates an Update's writes, and returns by key how many pieces the large
// values will have, 0 for those that are no longer large.
func (s *store) entries(own *overlay.Writes) (out []entry, large map[string]int) {
	large = map[string]int{}
	own.Scan(func(key string, w overlay.Write) bool {
		count, head := 0, entry{key: pairKey([]byte(key)), value: w.Value, deleted: w.Deleted}
		if len(w.Value) > pieceSize {
			for begin := 0; begin < len(w.Value); begin += pieceSize {
				piece := w.Value[begin:min(begin+pieceSize, len(w.Value))]
				out = append(out, entry{key: pieceKey(key, count), value: piece})
				count++
			}
			head.value, head.meta = pieces{count, len(w.Value)}.encode(), metaPieces
		}
		old := s.large[key]
		for index := count; index < old; index++ {
			out = append(out, entry{key: pieceKey(key, index), deleted: true})
		}
		if count != old {
			large[key] = count
		}
		out = append(out, head)
		return true
	})
	return out, large
}

// pieces is the value of a pair whose real value is stored in pieces.
type pieces struct{ count, length int }

func (p pieces) encode() []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(p.count)), uint32(p.length))
}

func decodePieces(b []byte) (pieces, error) {
	if len(b) != 8 {
		return pieces{}, fmt.Errorf("%w: %d bytes about pieces", persistence.ErrDamaged, len(b))
	}
	return pieces{int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint32(b[4:]))}, nil
}

// value reads the value of a pair, all its pieces included.
func (t *tx) value(item *badger.Item) (value []byte, err error) {
	// The slice stays as it is until item is used for another pair.
	err = item.Value(func(b []byte) error { value = b; return nil })
	if err != nil || item.UserMeta() != metaPieces {
		return value, err
	}
	p, err := decodePieces(value)
	if err != nil {
		return nil, err
	}
	key := string(item.Key()[1:])
	value = make([]byte, 0, p.length)
	for index := range p.count {
		piece, err := t.at.txn.Get(pieceKey(key, index))
		if err != nil {
			return nil, fmt.Errorf("%w: piece %d of %q: %w", persistence.ErrDamaged, index, key, err)
		}
		if err := piece.Value(func(b []byte) error { value = append(value, b...); return nil }); err != nil {
			return nil, err
		}
	}
	if len(value) != p.length {
		return nil, fmt.Errorf("%w: %q has %d of %d bytes", persistence.ErrDamaged, key, len(value), p.length)
	}
	return value, nil
}

// findLarge counts the pieces of the large values.
func (s *store) findLarge() (map[string]int, error) {
	large := map[string]int{}
	err := s.each(kindPiece, func(item *badger.Item) error {
		key, _, err := parsePieceKey(item.Key())
		large[key]++
		return err
	})
	return large, err
}

// each calls f for all keys of a kind.
func (s *store) each(kind byte, f func(*badger.Item) error) error {
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	options := badger.DefaultIteratorOptions
	options.PrefetchValues = false
	options.Prefix = []byte{kind}
	it := txn.NewIterator(options)
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := f(it.Item()); err != nil {
			return err
		}
	}
	return nil
}
