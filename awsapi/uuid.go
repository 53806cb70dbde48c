package awsapi

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
)

// uuids makes random UUIDs (version 4) from randomness that is fetched for many
// at a time. The zero value is ready to use, by any number of goroutines.
type uuids struct {
	mu   sync.Mutex
	left int // bytes of pool that are not used
	pool [64 * 16]byte
}

func (u *uuids) next() string {
	var id [16]byte
	u.mu.Lock()
	if u.left == 0 {
		rand.Read(u.pool[:]) // never fails, by its documentation
		u.left = len(u.pool)
	}
	copy(id[:], u.pool[u.left-len(id):u.left])
	u.left -= len(id)
	u.mu.Unlock()
	return formatUUID(id)
}

// formatUUID marks the bytes as a random UUID and writes them.
func formatUUID(id [16]byte) string {
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[:8], id[:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:], id[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}
