package management_test

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/docs"
	"github.com/understudy-iam/understudy/management"
)

// document is what the tests read of docs/openapi.yaml.
type document struct {
	Paths      map[string]map[string]operation
	Components struct {
		Parameters map[string]parameter
		Schemas    map[string]schema
	}
}

type operation struct {
	OperationID string `yaml:"operationId"`
	Parameters  []parameter
	RequestBody struct{ Content map[string]content } `yaml:"requestBody"`
	Responses   map[string]struct{ Content map[string]content }
}

type content struct{ Schema schema }

type parameter struct {
	Ref  string `yaml:"$ref"`
	Name string
	In   string
}

type schema struct {
	Ref        string `yaml:"$ref"`
	Properties map[string]schema
}

func readDocument(t *testing.T) *document {
	t.Helper()
	d := &document{}
	if err := yaml.Unmarshal(docs.OpenAPI, d); err != nil {
		t.Fatal(err)
	}
	return d
}

// The document describes the routes that there are, and no others.
func TestOpenAPIIsComplete(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, r := range management.Routes() {
		want = append(want, strings.ToLower(r.Method)+" /"+r.Path+" "+r.Name)
	}
	for path, operations := range readDocument(t).Paths {
		for method, o := range operations {
			got = append(got, method+" "+path+" "+o.OperationID)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/openapi.yaml (-routes +document):\n%s", diff)
	}
}

// Whatever a page asks, it may be refused.
func TestOpenAPISaysThatPagesAreRefused(t *testing.T) {
	t.Parallel()
	for path, operations := range readDocument(t).Paths {
		for method, o := range operations {
			if _, ok := o.Responses["403"]; !ok {
				t.Errorf("%s %s has no answer 403", method, path)
			}
		}
	}
}

// The document has the query parameters that the types have.
func TestOpenAPIHasTheQueryParameters(t *testing.T) {
	t.Parallel()
	list := &management.DecisionQuery{Principal: "p", Action: "a", Decision: "d", Since: "s", Limit: 1}
	stream := *list
	stream.Limit = 0
	want := map[string][]string{
		management.ListDecisions:    slices.Sorted(maps.Keys(list.Query())),
		management.StreamDecisions:  slices.Sorted(maps.Keys(stream.Query())),
		management.ExportState:      slices.Sorted(maps.Keys((&management.Export{Accounts: []string{"a"}, Secrets: true}).Query())),
		management.ShowSAMLMetadata: {"issuer"}, // package idp's
	}
	d := readDocument(t)
	got := map[string][]string{}
	for _, operations := range d.Paths {
		for _, o := range operations {
			for _, p := range o.Parameters {
				if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
					p = d.Components.Parameters[name]
				}
				if p.In == "query" {
					got[o.OperationID] = append(got[o.OperationID], p.Name)
				}
			}
			slices.Sort(got[o.OperationID])
			if len(got[o.OperationID]) == 0 {
				delete(got, o.OperationID)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("query parameters (-types +document):\n%s", diff)
	}
}

// The schemas of the document have the members that the types have.
func TestOpenAPIHasTheMembersOfTheTypes(t *testing.T) {
	t.Parallel()
	d := readDocument(t)
	body := func(name string) schema {
		return d.find(t, name, func(o operation) schema { return o.RequestBody.Content["application/json"].Schema })
	}
	answer := func(name, status string) schema {
		return d.find(t, name, func(o operation) schema { return o.Responses[status].Content["application/json"].Schema })
	}
	for name, c := range map[string]struct {
		schema schema
		typed  any
	}{
		"Health":      {d.Components.Schemas["Health"], management.Health{}},
		"Enforcement": {d.Components.Schemas["Enforcement"], management.Enforcement{}},
		"Clock":       {d.Components.Schemas["Clock"], management.Clock{}},
		"ClockChange": {d.Components.Schemas["ClockChange"], management.ClockChange{}},
		"Snapshot":    {d.Components.Schemas["Snapshot"], management.Snapshot{}},
		"SeedFault without a code": {d.Components.Schemas["SeedFault"], struct {
			management.SeedPlace
			Error string `json:"error"`
		}{}},
		"Question":                    {d.Components.Schemas["Question"], management.Question{}},
		"credentials of a Question":   {d.Components.Schemas["Question"].Properties["credentials"], management.Credentials{}},
		"signedRequest of a Question": {d.Components.Schemas["Question"].Properties["signedRequest"], management.SignedRequest{}},
		"Record":                      {d.Components.Schemas["Record"], decisions.Record{}},
		"AWSError":                    {d.Components.Schemas["AWSError"], management.Unauthenticated{}},
		"KeySet":                      {d.Components.Schemas["KeySet"], management.KeySet{}},
		"reset":                       {body(management.Reset), management.ResetRequest{}},
		"what reset answers":          {answer(management.Reset, "200"), management.ResetAnswer{}},
		"restore":                     {body(management.Restore), management.RestoreRequest{}},
		"snapshots":                   {answer(management.ListSnapshots, "200"), management.SnapshotList{}},
		"what seed answers":           {answer(management.ImportSeed, "200"), management.SeedAnswer{}},
		"faults":                      {answer(management.ListFaults, "200"), management.FaultList{}},
		"decisions":                   {answer(management.ListDecisions, "200"), management.DecisionList{}},
		"a security key":              {body(management.RegisterSecurityKey), management.SecurityKey{}},
		"its serial number":           {answer(management.RegisterSecurityKey, "201"), management.SecurityKeyAnswer{}},
		"a delegation template":       {body(management.RegisterDelegationTemplate), management.DelegationTemplate{}},
		"its ARN":                     {answer(management.RegisterDelegationTemplate, "201"), management.DelegationTemplateAnswer{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(members(reflect.TypeOf(c.typed)), slices.Sorted(maps.Keys(c.schema.Properties))); diff != "" {
				t.Errorf("members (-type +document):\n%s", diff)
			}
		})
	}
}

func (d *document) find(t *testing.T, name string, of func(operation) schema) schema {
	t.Helper()
	for _, operations := range d.Paths {
		for _, o := range operations {
			if o.OperationID == name {
				return of(o)
			}
		}
	}
	t.Fatalf("the document has no operation %s", name)
	return schema{}
}

// members are the names of a type's members in JSON.
func members(t reflect.Type) []string {
	var list []string
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous || name == "-":
			continue
		case name == "":
			name = strings.ToLower(f.Name[:1]) + f.Name[1:]
		}
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func TestURL(t *testing.T) {
	t.Parallel()
	for _, r := range management.Routes() {
		if r.Name == management.ShowIDPOf {
			if got, want := r.URL(nil, "id.example.com/a b"), "/_understudy/idp/issuers/id.example.com%2Fa%20b/.well-known/openid-configuration"; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		if r.Name == management.ListDecisions {
			if got, want := r.URL((&management.DecisionQuery{Action: "iam:*"}).Query()), "/_understudy/decisions?action=iam%3A%2A"; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		if r.Method != http.MethodGet && r.Method != http.MethodPost && r.Method != http.MethodPut && r.Method != http.MethodDelete {
			t.Errorf("%s has the method %s, which the answer 405 does not know", r.Name, r.Method)
		}
	}
}
