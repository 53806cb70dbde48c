// Package frames reads the compressed tables that are embedded in the program: a
// head of varints, followed by zstd frames.
//
// Caveats: the tables are part of the program, so a table that cannot be read is
// our own mistake and causes a panic. Do not use the package for data from
// elsewhere.
package frames

import (
	"encoding/binary"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// DictionaryID is the number of the dictionary in the frames that need one.
const DictionaryID = 1

// Varint cuts a number off the beginning of s.
func Varint(s string) (n int, rest string) {
	v, size := binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen32)]))
	if size <= 0 {
		panic("frames: the head of an embedded table is damaged")
	}
	return int(v), s[size:]
}

// Cut returns n frames, whose lengths are the first n numbers of s.
func Cut(s string, n int) []string {
	lengths := make([]int, n)
	for i := range lengths {
		lengths[i], s = Varint(s)
	}
	list := make([]string, n)
	for i, length := range lengths {
		list[i], s = s[:length], s[length:]
	}
	return list
}

// Inflate returns the content of a frame. If the dictionary is not nil, the frame
// was compressed with it.
func Inflate(frame string, dictionary []byte) []byte {
	options := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true)}
	if dictionary != nil {
		options = append(options, zstd.WithDecoderDictRaw(DictionaryID, dictionary))
	}
	decoder, err := zstd.NewReader(nil, options...)
	if err != nil {
		panic(fmt.Sprintf("frames: %v", err))
	}
	defer decoder.Close()
	content, err := decoder.DecodeAll([]byte(frame), nil)
	if err != nil {
		panic(fmt.Sprintf("frames: an embedded table is damaged: %v", err))
	}
	return content
}

// NewEncoders makes the encoders for the frames of a table: one for plain frames,
// and one for those that need the dictionary. The programs that generate tables use
// it.
func NewEncoders(dictionary string, options ...zstd.EOption) (plain, against *zstd.Encoder, err error) {
	options = append(options, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if plain, err = zstd.NewWriter(nil, options...); err != nil {
		return nil, nil, err
	}
	against, err = zstd.NewWriter(nil, append(options, zstd.WithEncoderDictRaw(DictionaryID, []byte(dictionary)))...)
	return plain, against, err
}
