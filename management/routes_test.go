package management_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/docs"
	"github.com/understudy-iam/understudy/management"
)

// document has the parts of docs/openapi.yaml that the tests read.
type document struct {
	Paths      map[string]map[string]operation
	Components struct {
		Parameters map[string]parameter
		Responses  map[string]response
		Schemas    map[string]schema
	}
}

type operation struct {
	OperationID string `yaml:"operationId"`
	Parameters  []parameter
	RequestBody struct{ Content map[string]content } `yaml:"requestBody"`
	Responses   map[string]response
}

type response struct {
	Ref     string `yaml:"$ref"`
	Content map[string]content
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
	Items      *schema
	AllOf      []schema `yaml:"allOf"`
	AnyOf      []schema `yaml:"anyOf"`
	OneOf      []schema `yaml:"oneOf"`

	AdditionalProperties any `yaml:"additionalProperties"`
}

func readDocument(t *testing.T) *document {
	t.Helper()
	d := &document{}
	if err := yaml.Unmarshal(docs.OpenAPI, d); err != nil {
		t.Fatal(err)
	}
	return d
}

// The document describes exactly the existing routes.
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

// Every route may refuse a page.
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

// The document has the query parameters of the types.
func TestOpenAPIHasTheQueryParameters(t *testing.T) {
	t.Parallel()
	list := &management.CallQuery{
		Principal: "p", Action: "a", Decision: "d", Since: "s", Until: "u", Account: "a", EventName: "n", Source: "s", Error: "e",
		ReadOnly: "r", Limit: 1,
	}
	stream := *list
	stream.Limit = 0
	alertList := &management.AlertQuery{Rule: "r", Severity: "s", Since: "s", Limit: 1}
	alertStream := *alertList
	alertStream.Limit = 0
	want := map[string][]string{
		management.ListAlerts:       slices.Sorted(maps.Keys(alertList.Query())),
		management.StreamAlerts:     slices.Sorted(maps.Keys(alertStream.Query())),
		management.ListDecisions:    slices.Sorted(maps.Keys(list.Query())),
		management.StreamDecisions:  slices.Sorted(maps.Keys(stream.Query())),
		management.ListEvents:       slices.Sorted(maps.Keys(list.Query())),
		management.StreamEvents:     slices.Sorted(maps.Keys(stream.Query())),
		management.ListNeeds:        slices.Sorted(maps.Keys((&management.NeedQuery{Principal: "p", Since: "s"}).Query())),
		management.Audit:            slices.Sorted(maps.Keys((&management.AuditQuery{Account: "a", From: "f", To: "t"}).Query())),
		management.ExportState:      slices.Sorted(maps.Keys((&management.Export{Accounts: []string{"a"}, Secrets: true}).Query())),
		management.ImportSeed:       slices.Sorted(maps.Keys((&management.Seed{Dry: true}).Query())),
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

func TestURL(t *testing.T) {
	t.Parallel()
	for _, r := range management.Routes() {
		if r.Name == management.ShowIDPOf {
			if got, want := r.URL(nil,
				"id.example.com/a b"), "/_understudy/idp/issuers/id.example.com%2Fa%20b/.well-known/openid-configuration"; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		if r.Name == management.ListDecisions {
			if got, want := r.URL((&management.CallQuery{
				Action: "iam:*",
			}).Query()), "/_understudy/decisions?action=iam%3A%2A"; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		if r.Method != http.MethodGet && r.Method != http.MethodPost && r.Method != http.MethodPut && r.Method != http.MethodDelete {
			t.Errorf("%s has the method %s, which the answer 405 does not know", r.Name, r.Method)
		}
	}
}
