package badgerstore

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// Badger's logs: a header of the encryption key's number and a nonce, and then
// entries. An entry is meta, user meta, the lengths of key and value and a time
// of expiry as varints, key, value and a checksum. A process makes a log with
// room for all it may write and fills it from the front, so a log is entries,
// perhaps a part of one that was being written when the process was killed, and
// zeros.
const (
	logHeader = 20
	keyNumber = 8 // bytes; zero, as we do not encrypt

	// From Badger's value.go.
	metaDelete = 1 << 0
	metaTxn    = 1 << 6 // part of a transaction
	metaFin    = 1 << 7 // the end of a transaction

	// largestEntry limits the length of one entry: twice a page of the journal.
	largestEntry = 4 * pieceSize
)

var (
	errLogHeader = errors.New("its header is not that of a log")
	errLogCut    = errors.New("it is cut off")
	errLogEntry  = errors.New("an entry before the last is broken")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// logState is what a log holds.
type logState struct {
	first, last uint64 // numbers of transactions that are there whole, or 0

	torn error // what a kill cannot explain; what is before it can be read
	err  error // why nothing can be read
}

// logEntry is one entry of a log.
type logEntry struct {
	meta       byte
	key, value []byte
}

// readLog finds how far a log goes, and whether it has been changed in a way that a kill
// cannot explain. Badger itself would take the first broken entry as the end, and lose
// what was acknowledged after it.
func readLog(log []byte) (state logState) {
	if len(log) == 0 { // made, but not yet sized
		return state
	}
	if len(log) < logHeader || binary.BigEndian.Uint64(log[:keyNumber]) != 0 {
		state.err = errLogHeader
		return state
	}
	at, unfinished := logHeader, false
	var number uint64 // of the transaction that is being read
	for {
		e, length := readEntry(log[at:])
		if length == 0 {
			break
		}
		if n, ok := e.number(); ok {
			number = n
		}
		if unfinished = e.meta&metaTxn != 0; !unfinished {
			state.add(number)
		}
		at += length
	}
	rest := log[at:min(len(log), at+2*largestEntry)]
	switch {
	case unfinished && len(rest) == 0:
		state.torn = errLogCut
	case len(rest) > 0 && len(rest) < 2*largestEntry && !allZero(rest):
		state.torn = errLogCut // Badger leaves more room than that
	case hasEntry(rest):
		state.torn = errLogEntry
	}
	return state
}

// add notes a transaction that is whole.
func (s *logState) add(number uint64) {
	if s.first == 0 {
		s.first = number
	}
	s.last = max(s.last, number)
}

// readEntry returns the entry that b begins with and its length, or the length 0
// if there is no whole entry.
func readEntry(b []byte) (e logEntry, length int) {
	if len(b) < 2 {
		return e, 0
	}
	at := 2
	var fields [3]uint64 // length of key, length of value, expiry
	for i := range fields {
		field, n := binary.Uvarint(b[at:])
		if n <= 0 {
			return e, 0
		}
		fields[i], at = field, at+n
	}
	key, value := fields[0], fields[1]
	if key == 0 || key > uint64(len(b)) || value > uint64(len(b)) || key+value+crc32.Size > uint64(len(b)-at) {
		return e, 0
	}
	middle, end := at+int(key), at+int(key+value)
	if crc32.Checksum(b[:end], castagnoli) != binary.BigEndian.Uint32(b[end:]) {
		return e, 0
	}
	return logEntry{meta: b[0], key: b[at:middle], value: b[middle:end]}, end + crc32.Size
}

// hasEntry reports whether a complete entry begins anywhere in b except at its start.
func hasEntry(b []byte) bool {
	for at := 1; at+2 < len(b); at++ {
		meta, user := b[at], b[at+1]
		if meta != metaTxn && meta != metaTxn|metaDelete && meta != metaFin || user > metaPieces {
			continue
		}
		if _, length := readEntry(b[at:]); length > 0 {
			return true
		}
	}
	return false
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
