// Command genmodel writes the tables of package model, iam_gen.go, sts_gen.go,
// cloudtrail_gen.go and accessanalyzer_gen.go, from botocore's models of these services,
// the additions of additions.go and the quirks of quirks.go.
//
// It finds botocore's data directory by asking python3, or takes it from the
// environment variable BOTOCORE_DATA, and writes into the current directory. The
// same input gives the same bytes.
//
// Caveats: it trusts its input and stops at the first thing it does not know.
package main

import (
	"bytes"
	"encoding/json"
	"go/format"
	"log"
	"os"

	"github.com/understudy-iam/understudy/internal/botocore"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("genmodel: ")
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// services lists the models in use. If a model has a list of operations, only these
// are used.
var services = []struct {
	name, version string
	operations    []string
}{
	{"iam", "2010-05-08", nil},
	{"sts", "2011-06-15", nil},
	{"cloudtrail", "2013-11-01", []string{"LookupEvents"}},
	{"accessanalyzer", "2019-11-01", []string{
		"ValidatePolicy", "CheckNoNewAccess", "CheckAccessNotGranted", "CheckNoPublicAccess",
		"StartPolicyGeneration", "GetGeneratedPolicy", "ListPolicyGenerations", "CancelPolicyGeneration",
	}},
}

func run() error {
	data, err := botocore.Dir()
	if err != nil {
		return err
	}
	models := map[string]*apiModel{}
	for _, s := range services {
		m := new(apiModel)
		if err := botocore.Read(data, s.name, s.version, m); err != nil {
			return err
		}
		if err := m.add(additions[s.name]); err != nil {
			return err
		}
		if err := m.keep(s.operations); err != nil {
			return err
		}
		m.setElementPatterns()
		models[s.name] = m
	}
	if err := check(models); err != nil {
		return err
	}
	for _, m := range models {
		m.dropOwnErrors()
	}
	for _, s := range services {
		src, err := format.Source(newTables(s.name, models[s.name]).source())
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.name+"_gen.go", src, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// apiModel is the part of botocore's service-2.json that is needed here.
type apiModel struct {
	Metadata   struct{ APIVersion, XMLNamespace, Protocol, TargetPrefix string }
	Operations map[string]apiOperation
	Shapes     map[string]*apiShape
}

type apiOperation struct {
	HTTP          struct{ Method, RequestURI string }
	Input, Output *apiRef
	AuthType      string
	Errors        []apiRef
}

type apiRef struct{ Shape string }

type apiShape struct {
	Type     string
	Members  orderedRefs
	Required []string
	Member   *apiRef // of a list
	Key      *apiRef // of a map
	Value    *apiRef
	Min, Max *int64
	Pattern  string

	TimestampFormat string

	Enum  []string
	Error *struct {
		Code           string
		HTTPStatusCode int
	}
	Exception bool
}

// orderedRefs holds the members of a structure in the order of the file, which is
// the order on the wire.
type orderedRefs []namedRef

type namedRef struct {
	name, shape string
	location    string // of REST: "uri", "querystring" or "header"; empty in the body
}

func with(name, shape string) namedRef { return namedRef{name: name, shape: shape} }

// UnmarshalJSON keeps the order that a map would lose.
func (r *orderedRefs) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var ref struct{ Shape, Location string }
		if err := d.Decode(&ref); err != nil {
			return err
		}
		*r = append(*r, namedRef{name.(string), ref.Shape, ref.Location})
	}
	return nil
}
