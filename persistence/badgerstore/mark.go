package badgerstore

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// markFile says how much is certainly on the medium: the number of the last transaction
// that was written out. A directory that holds less is damaged; what is missing after
// the mark may have been lost with the machine's memory.
//
// It has two slots, written in turn, so that one is whole at any time.
const (
	markFile = "SYNCED"
	slotSize = 4096 // what a medium writes at once
)

// mark is what a slot says.
type mark struct {
	number uint64 // of the last transaction on the medium
	each   bool   // each Update waited for the medium
	turn   uint64 // how often the mark was written; the greater slot counts
}

const markText = "synced %d, each update %t, turn %d"

func (m mark) encode() []byte {
	text := fmt.Appendf(nil, markText, m.number, m.each, m.turn)
	text = fmt.Appendf(text, ", crc32c %08x\n", crc32.Checksum(text, castagnoli))
	return append(text, make([]byte, slotSize-len(text))...)
}

// parseMark is the inverse of encode.
func parseMark(slot []byte) (m mark, ok bool) {
	line, _, _ := bytes.Cut(slot, []byte("\n"))
	_, err := fmt.Sscanf(string(line), markText, &m.number, &m.each, &m.turn)
	return m, err == nil && bytes.Equal(slot, m.encode())
}

// readMark returns the mark of a directory, and false if it has none that is
// whole.
func (d *directory) readMark() (m mark, ok bool, err error) {
	content, err := os.ReadFile(filepath.Join(d.path, markFile))
	if errors.Is(err, fs.ErrNotExist) {
		return mark{}, false, nil
	}
	if err != nil {
		return mark{}, false, unreadable(d.path, err)
	}
	for len(content) >= slotSize {
		if found, whole := parseMark(content[:slotSize]); whole && (!ok || found.turn > m.turn) {
			m, ok = found, true
		}
		content = content[slotSize:]
	}
	return m, ok, nil
}

// openMark creates the file, if it does not exist, with the mark in both slots. When a
// loss is accepted, the slots are set to what is left. The directory is synced after it.
func (d *directory) openMark() error {
	file, err := os.OpenFile(filepath.Join(d.path, markFile), os.O_RDWR|os.O_CREATE|noFollow, fileMode)
	if err != nil {
		return unreadable(d.path, err)
	}
	d.markFile = file
	if d.marked && d.mark.number <= d.number {
		return nil
	}
	d.mark = mark{number: d.number, each: false, turn: d.mark.turn}
	for range 2 {
		if err := d.writeMark(d.number, false); err != nil {
			return unreadable(d.path, err)
		}
	}
	return unreadableIf(d.path, d.medium.file(file))
}

// writeMark records that everything up to a transaction is on the medium.
func (d *directory) writeMark(number uint64, each bool) error {
	next := mark{number: number, each: each, turn: d.mark.turn + 1}
	if _, err := d.markFile.WriteAt(next.encode(), int64(next.turn%2)*slotSize); err != nil {
		return err
	}
	if err := d.medium.content(d.markFile); err != nil {
		return err
	}
	d.mark = next
	return nil
}

func (d *directory) closeMark() error {
	if d.markFile == nil {
		return nil
	}
	return d.markFile.Close()
}
