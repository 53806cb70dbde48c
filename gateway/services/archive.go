package services

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

//go:generate go run ../../internal/cmd/gengateway

// table is the archive, written by gengateway:
//
//	head:    varints: the number of frames, then the length of each
//	frames:  zstd: index, and one for each service in the order of the index
//	index:   lines of fields separated by tabs: S name, signing name, endpoint,
//	         prefix, target, JSON version, API version, protocols
//	service: lines as lazy.read takes them
//
//go:embed services.bin
var table string

// index is the list of services.
type index struct {
	services []*Service
	signing  map[string][]*Service
	target   map[string]*Service
	endpoint map[string][]*Service
}

// opened opens the archive at the first call. The archive is part of the
// program, so that an unreadable one is our own mistake, and a panic.
var opened = sync.OnceValue(open)

func open() *index {
	frames := cut(table)
	x := &index{signing: map[string][]*Service{}, target: map[string]*Service{}, endpoint: map[string][]*Service{}}
	for i, line := range slices.Collect(strings.Lines(inflate(frames[0]))) {
		s := parseService(strings.TrimSuffix(line, "\n"), frames[i+1])
		x.services = append(x.services, s)
		x.signing[s.SigningName] = append(x.signing[s.SigningName], s)
		x.endpoint[s.Endpoint] = append(x.endpoint[s.Endpoint], s)
		if s.Target != "" {
			x.target[s.Target] = s
		}
	}
	return x
}

func parseService(line, frame string) *Service {
	var f [9]string
	copy(f[:], strings.Split(line, "\t"))
	s := &Service{Name: f[1], SigningName: f[2], Endpoint: f[3], Prefix: f[4], Target: f[5], Version: f[7]}
	for _, name := range strings.Split(f[8], ",") {
		s.Protocols = append(s.Protocols, parseProtocol(name, f[6]))
	}
	s.lazy = &lazy{service: s, frame: frame}
	return s
}

// parseProtocol reads botocore's name of a protocol.
func parseProtocol(name, jsonVersion string) Protocol {
	switch name {
	case "query":
		return Query
	case "ec2":
		return EC2
	case "json":
		if jsonVersion == "1.0" {
			return JSON10
		}
		return JSON11
	case "rest-json":
		return RESTJSON
	case "rest-xml":
		return RESTXML
	case "smithy-rpc-v2-cbor":
		return CBOR
	}
	panic(fmt.Sprintf("services: the embedded table has a protocol %q", name))
}

// cut reads the head and cuts the frames behind it.
func cut(s string) []string {
	n, s := varint(s)
	lengths := make([]int, n)
	for i := range lengths {
		lengths[i], s = varint(s)
	}
	frames := make([]string, n)
	for i, length := range lengths {
		frames[i], s = s[:length], s[length:]
	}
	return frames
}

func varint(s string) (int, string) {
	v, n := binary.Uvarint([]byte(s[:binary.MaxVarintLen32]))
	return int(v), s[n:]
}

func inflate(frame string) string {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(fmt.Sprintf("services: %v", err))
	}
	defer decoder.Close()
	content, err := decoder.DecodeAll([]byte(frame), nil)
	if err != nil {
		panic(fmt.Sprintf("services: the embedded table is damaged: %v", err))
	}
	return string(content)
}

// List returns the services. Of those that share a signing name, the one whose
// requests are told apart by more comes first.
func List() []*Service { return slices.Clone(opened().services) }
