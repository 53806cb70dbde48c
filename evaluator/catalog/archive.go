package catalog

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/internal/frames"
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

// owner names the service of the keys with a prefix that is not a service's own;
// the prefix may contain variables.
type owner struct{ prefix, service string }

// opened opens the archive on the first call.
var opened = sync.OnceValue(open)

func open() *archive {
	n, rest := frames.Varint(services)
	parts := frames.Cut(rest, n+2)
	a := &archive{dictionary: frames.Inflate(parts[1], nil)}
	for line := range strings.Lines(string(frames.Inflate(parts[0], nil))) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		f := strings.Split(rest, "\t")
		switch kind {
		case "S":
			a.entries = append(a.entries, &entry{info: Info{f[0], f[1], len(f) > 2}, data: parts[2+len(a.entries)]})
		case "K":
			a.globals = append(a.globals, parseKey(rest))
		case "P":
			a.owners = append(a.owners, owner{f[0], f[1]})
		}
	}
	return a
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
	s.read(string(frames.Inflate(e.data, a.dictionary)))
	return s
}
