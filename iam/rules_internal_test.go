package iam

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// passesBoundary are the actions whose iam:PermissionsBoundary is the boundary that the
// call passes.
var passesBoundary = map[string]bool{
	"iam:CreateUser": true, "iam:CreateRole": true,
	"iam:PutUserPermissionsBoundary": true, "iam:PutRolePermissionsBoundary": true,
}

func TestBoundaryActionsAreAWSs(t *testing.T) {
	t.Parallel()
	service, ok := catalog.Find("iam")
	if !ok {
		t.Fatal("the catalog has no IAM")
	}
	for a := range service.Actions() {
		keys := a.ConditionKeys
		for _, r := range a.Resources {
			keys = slices.Concat(keys, r.ActionKeys)
		}
		want := slices.Contains(keys, "iam:PermissionsBoundary")
		name := "iam:" + a.Name
		if got := boundaryActions[name] || passesBoundary[name]; got != want && operationHasRule(a.Name) {
			t.Errorf("%s has the key: %v; AWS's reference says %v", name, got, want)
		}
	}
	for name := range boundaryActions {
		if _, ok := catalog.FindAction(name); !ok {
			t.Errorf("there is no action %s", name)
		}
	}
}

func operationHasRule(operation string) bool {
	for _, r := range Rules() {
		if strings.EqualFold(r.Operation, operation) {
			return true
		}
	}
	return false
}
