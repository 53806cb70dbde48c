package services

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-iam/understudy/internal/frames"
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
	byName   map[string]*Service
	signing  map[string][]*Service
	target   map[string]*Service
	endpoint map[string][]*Service
}

// opened opens the archive at the first call.
var opened = sync.OnceValue(open)

func open() *index {
	n, rest := frames.Varint(table)
	parts := frames.Cut(rest, n)
	x := &index{byName: map[string]*Service{}, signing: map[string][]*Service{}, target: map[string]*Service{},
		endpoint: map[string][]*Service{}}
	for i, line := range slices.Collect(strings.Lines(string(frames.Inflate(parts[0], nil)))) {
		s := parseService(strings.TrimSuffix(line, "\n"), parts[i+1])
		x.services = append(x.services, s)
		x.byName[s.Name] = s
		x.signing[s.SigningName] = append(x.signing[s.SigningName], s)
		x.endpoint[s.Endpoint] = append(x.endpoint[s.Endpoint], s)
		if s.Target != "" {
			x.target[s.Target] = s
		}
	}
	return x
}

// serviceNamed returns the service with a name of botocore's, which must be one of the table.
func serviceNamed(name string) *Service { return opened().byName[name] }

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

// List returns the services. Of those that share a signing name, the one whose
// requests are told apart by more comes first.
func List() []*Service { return slices.Clone(opened().services) }
