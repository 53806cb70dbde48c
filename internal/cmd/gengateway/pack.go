package main

import (
	"encoding/binary"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// pack builds the table: a head of varints (how many frames there are, then the
// length of each), then the index and a frame for each service.
func pack(list []*service) ([]byte, error) {
	var index strings.Builder
	texts := []string{""}
	for _, s := range list {
		line(&index, s.index()...)
		texts = append(texts, s.text())
	}
	texts[0] = index.String()
	return compress(texts)
}

func compress(texts []string) ([]byte, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression),
		zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, err
	}
	head := binary.AppendUvarint(nil, uint64(len(texts)))
	var body []byte
	for _, text := range texts {
		before := len(body)
		body = encoder.EncodeAll([]byte(text), body)
		head = binary.AppendUvarint(head, uint64(len(body)-before))
	}
	return append(head, body...), nil
}
