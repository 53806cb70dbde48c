package sigv4

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"strings"
	"sync"
)

// checksum is one of the checksums that a trailer may give:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html.
type checksum struct {
	hash.Hash
	name string // of the header, in lower case
}

// checksumHashes are the hashes by the names that follow checksumPrefix.
var checksumHashes = map[string]func() hash.Hash{
	"crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"crc64nvme": func() hash.Hash { return &nvme{tables: nvmeTables()} },
	"sha1":      sha1.New,
	"sha256":    sha256.New,
}

// newChecksum returns the checksum for a header, or nil if it is not one that we can compute.
func newChecksum(header string) *checksum {
	algorithm, _ := strings.CutPrefix(header, checksumPrefix)
	if begin, ok := checksumHashes[algorithm]; ok {
		return &checksum{Hash: begin(), name: header}
	}
	return nil
}

// encoded returns the checksum in the form of a header's value.
func (c *checksum) encoded() string { return base64.StdEncoding.EncodeToString(c.Sum(nil)) }

// nvme is CRC-64/NVME. Package hash/crc64 makes new tables for each large write if
// the polynomial is not one of its own two.
type nvme struct {
	tables *[8]crc64.Table
	crc    uint64
}

// nvmeTables are the tables for eight bytes at once.
var nvmeTables = sync.OnceValue(func() *[8]crc64.Table {
	t := &[8]crc64.Table{0: *crc64.MakeTable(0x9a6c9329ac4bc9b5)}
	for i := range t[0] {
		crc := t[0][i]
		for j := 1; j < len(t); j++ {
			crc = t[0][byte(crc)] ^ crc>>8
			t[j][i] = crc
		}
	}
	return t
})

func (n *nvme) Write(p []byte) (int, error) {
	crc, t, written := ^n.crc, n.tables, len(p)
	for ; len(p) >= 8; p = p[8:] {
		crc ^= binary.LittleEndian.Uint64(p)
		crc = t[7][byte(crc)] ^ t[6][byte(crc>>8)] ^ t[5][byte(crc>>16)] ^ t[4][byte(crc>>24)] ^
			t[3][byte(crc>>32)] ^ t[2][byte(crc>>40)] ^ t[1][byte(crc>>48)] ^ t[0][crc>>56]
	}
	for _, c := range p {
		crc = t[0][byte(crc)^c] ^ crc>>8
	}
	n.crc = ^crc
	return written, nil
}

func (n *nvme) Sum(b []byte) []byte { return binary.BigEndian.AppendUint64(b, n.crc) }
func (n *nvme) Reset()              { n.crc = 0 }
func (n *nvme) Size() int           { return crc64.Size }
func (n *nvme) BlockSize() int      { return 1 }
