package compare

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// Bounds of the states of an automaton.
const (
	maxStates = 20_000
	maxKept   = 1_000_000 // places that they have
)

// states are those that an automaton has come to, each once.
type states struct {
	list   []state
	kept   int                // places of the list
	byHash map[uint64][]int32 // indexes of the list
	seed   maphash.Seed
	buf    []byte
}

func newStates(first state) *states {
	s := &states{byHash: map[uint64][]int32{}, seed: maphash.MakeSeed()}
	s.add(&first)
	return s
}

// add keeps a copy of a state, if none with the same places is there. It is false if there is no room.
func (s *states) add(one *state) bool {
	h := s.hash(one)
	for _, i := range s.byHash[h] {
		if known := &s.list[i]; slices.Equal(known.surely, one.surely) && slices.Equal(known.possibly, one.possibly) {
			return true
		}
	}
	n := len(one.surely) + len(one.possibly)
	if len(s.list) >= maxStates || s.kept+n > maxKept {
		return false
	}
	s.kept += n
	s.byHash[h] = append(s.byHash[h], int32(len(s.list)))
	s.list = append(s.list, state{slices.Clone(one.surely), slices.Clone(one.possibly), one.from, one.by})
	return true
}

func (s *states) hash(one *state) uint64 {
	s.buf = binary.LittleEndian.AppendUint32(s.buf[:0], uint32(len(one.surely)))
	for _, places := range [...][]int32{one.surely, one.possibly} {
		for _, place := range places {
			s.buf = binary.LittleEndian.AppendUint32(s.buf, uint32(place))
		}
	}
	return maphash.Bytes(s.seed, s.buf)
}
