package main

import (
	"maps"
	"slices"

	"github.com/understudy-iam/understudy/internal/botocore"
)

// apiModel is the part of botocore's service-2.json that is needed here.
type apiModel struct {
	Metadata struct {
		APIVersion, EndpointPrefix, JSONVersion, Protocol, SigningName, TargetPrefix string
		Protocols                                                                    []string
	}
	Operations map[string]*apiOperation
	Shapes     map[string]*apiShape
}

type apiOperation struct {
	HTTP       struct{ Method, RequestURI string }
	Input      *apiRef
	Deprecated bool
}

type apiRef struct {
	Shape        string
	Location     string // header, headers, querystring, uri; empty for the body
	LocationName string
	QueryName    string // of the ec2 protocol
	Flattened    bool
	Streaming    bool
}

type apiShape struct {
	Type         string
	Members      map[string]*apiRef
	Required     []string
	Member       *apiRef // of a list
	Key, Value   *apiRef // of a map
	Payload      string
	LocationName string
	Flattened    bool
	Streaming    bool
}

func readModel(dir, name string) (*apiModel, error) {
	version, err := botocore.Newest(dir, name)
	if err != nil {
		return nil, err
	}
	m := new(apiModel)
	return m, botocore.Read(dir, name, version, m)
}

// none is the input of operations without an input.
var none = &apiShape{Type: "structure"}

func (m *apiModel) input(operation string) *apiShape {
	if in := m.Operations[operation].Input; in != nil {
		return m.Shapes[in.Shape]
	}
	return none
}

// names returns the names of a structure's members, sorted.
func (s *apiShape) names() []string { return slices.Sorted(maps.Keys(s.Members)) }

// wire returns the member's name in a header, a query or a URI.
func (r *apiRef) wire(name string) string {
	if r.LocationName != "" {
		return r.LocationName
	}
	return name
}
