package server

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/docs"
)

// The OpenAPI document describes the management routes that there are. Whether
// it tells the truth about them, a module of conformance tests.
func TestOpenAPIIsComplete(t *testing.T) {
	t.Parallel()
	var described struct {
		Paths map[string]map[string]any
	}
	if err := yaml.Unmarshal(docs.OpenAPI, &described); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, r := range (&Server{}).managementRoutes() {
		want = append(want, strings.ToLower(r.method)+" /"+r.path)
	}
	for path, methods := range described.Paths {
		for method := range methods {
			got = append(got, method+" "+path)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/openapi.yaml (-routes +document):\n%s", diff)
	}
}
