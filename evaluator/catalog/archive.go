package catalog

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

//go:generate go run ../../internal/cmd/gencatalog

// services is the archive, written by gencatalog:
//
//	head:    varints: the number of services, then the length of each frame
//	frames:  zstd: index, dictionary, and one for each service
//	index:   lines of fields separated by tabs: S prefix name ["r" if resource
//	         control policies apply], in the order of the frames; K key type of
//	         global keys; P prefix service, for keys of another prefix
//	service: lines K, R and A as Service.read takes them; R and A name keys and
//	         resource types by their number
//
//go:embed services.bin
var services string

// dictionaryID is the dictionary's number in the frames that need it.
const dictionaryID = 1

// archive is the opened archive.
type archive struct {
	entries    []*entry // by prefix
	globals    []Key
	owners     []owner
	dictionary []byte
}

type entry struct {
	info    Info
	data    string
	once    sync.Once
	service *Service // set by once
}

// owner names the service whose keys have a prefix that is no service's; the
// prefix may hold variables.
type owner struct{ prefix, service string }

// opened opens the archive at the first call. The archive is part of the
// program, so that an unreadable one is our own mistake, and a panic.
var opened = sync.OnceValue(open)

func open() *archive {
	frames := cut(services)
	a := &archive{dictionary: inflate(frames[1], nil)}
	for line := range strings.Lines(string(inflate(frames[0], nil))) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		f := strings.Split(rest, "\t")
		switch kind {
		case "S":
			frame := frames[2+len(a.entries)]
			a.entries = append(a.entries, &entry{info: Info{f[0], f[1], len(f) > 2}, data: frame})
		case "K":
			a.globals = append(a.globals, parseKey(rest))
		case "P":
			a.owners = append(a.owners, owner{f[0], f[1]})
		}
	}
	return a
}

// cut reads the head and cuts the frames behind it.
func cut(s string) []string {
	n, s := varint(s)
	lengths := make([]int, n+2)
	for i := range lengths {
		lengths[i], s = varint(s)
	}
	frames := make([]string, len(lengths))
	for i, length := range lengths {
		frames[i], s = s[:length], s[length:]
	}
	return frames
}

func varint(s string) (int, string) {
	v, n := binary.Uvarint([]byte(s[:binary.MaxVarintLen32]))
	return int(v), s[n:]
}

func (a *archive) find(prefix string) *entry {
	i, ok := slices.BinarySearchFunc(a.entries, prefix, func(e *entry, prefix string) int {
		return compareLower(e.info.Prefix, prefix)
	})
	if !ok {
		return nil
	}
	return a.entries[i]
}

// owner returns the service that lists the keys of the prefix.
func (a *archive) owner(prefix string) string {
	for _, o := range a.owners {
		if fits(strings.ToLower(o.prefix), strings.ToLower(prefix)) {
			return o.service
		}
	}
	return prefix
}

func (a *archive) load(e *entry) *Service {
	s := &Service{info: e.info}
	s.read(string(inflate(e.data, a.dictionary)))
	return s
}

func inflate(data string, dictionary []byte) []byte {
	options := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true)}
	if dictionary != nil {
		options = append(options, zstd.WithDecoderDictRaw(dictionaryID, dictionary))
	}
	decoder, err := zstd.NewReader(nil, options...)
	if err != nil {
		panic(fmt.Sprintf("catalog: %v", err))
	}
	defer decoder.Close()
	content, err := decoder.DecodeAll([]byte(data), nil)
	if err != nil {
		panic(fmt.Sprintf("catalog: the embedded archive is damaged: %v", err))
	}
	return content
}
