package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/awsapi/model"
)

// The tables are searched by halves and indexed, so they must be sorted, without
// a name twice, and their indexes must be inside.
func TestTablesAreSound(t *testing.T) {
	t.Parallel()
	for _, s := range model.New().Services {
		sorted(t, s.Name+" operations", s.Operations, func(o awsapi.OperationModel) string { return o.Name })
		sorted(t, s.Name+" structures", s.Structs, func(x awsapi.Struct) string { return x.Name })
		sorted(t, s.Name+" statuses", s.Statuses, func(x awsapi.Status) string { return x.Code })
		for _, x := range s.Structs {
			for _, m := range x.Members {
				if m.Shape < 0 || m.Shape >= len(s.Shapes) {
					t.Errorf("%s.%s has the shape %d of %d", x.Name, m.Name, m.Shape, len(s.Shapes))
				}
			}
		}
		for i, shape := range s.Shapes {
			if shape.Elem >= len(s.Shapes) || shape.Key >= len(s.Shapes) || shape.HasMin && shape.HasMax && shape.Min > shape.Max {
				t.Errorf("shape %d of %s: %+v", i, s.Name, shape)
			}
		}
		for _, o := range s.Operations {
			if len(o.Errors) > 0 {
				sorted(t, o.Name+"'s errors", o.Errors, func(code string) string { return code })
			}
			for _, code := range o.Errors {
				if !slices.ContainsFunc(s.Statuses, func(x awsapi.Status) bool { return x.Code == code }) {
					t.Errorf("%s answers %s, which has no status", o.Name, code)
				}
			}
		}
		for _, x := range s.Statuses {
			if x.HTTP < 400 || x.HTTP > 599 {
				t.Errorf("%s has the status %d", x.Code, x.HTTP)
			}
		}
	}
}

func sorted[T any](t *testing.T, what string, list []T, name func(T) string) {
	t.Helper()
	if len(list) == 0 {
		t.Errorf("no %s", what)
	}
	if !slices.IsSortedFunc(list, func(a, b T) int { return strings.Compare(name(a), name(b)) }) {
		t.Errorf("%s are not sorted", what)
	}
	for i := 1; i < len(list); i++ {
		if name(list[i]) == name(list[i-1]) {
			t.Errorf("%s: %s is there twice", what, name(list[i]))
		}
	}
}

// What the model marks and what was added to it.
func TestModel(t *testing.T) {
	t.Parallel()
	services := model.New().Services
	operations := func(i int, keep func(awsapi.OperationModel) bool) string {
		var list []string
		for _, o := range services[i].Operations {
			if keep(o) {
				list = append(list, o.Name)
			}
		}
		return strings.Join(list, " ")
	}
	members := func(i int, name string) string {
		var list []string
		for _, s := range services[i].Structs {
			for _, m := range s.Members {
				if s.Name == name {
					list = append(list, m.Name)
				}
			}
		}
		return strings.Join(list, " ")
	}
	unsigned := func(o awsapi.OperationModel) bool { return o.Unsigned }
	cases := map[string]struct{ got, want string }{
		"IAM's version": {
			services[0].Version + " " + services[0].Namespace, "2010-05-08 https://iam.amazonaws.com/doc/2010-05-08/",
		},
		"STS's version": {
			services[1].Version + " " + services[1].Namespace, "2011-06-15 https://sts.amazonaws.com/doc/2011-06-15/",
		},
		"unsigned operations": {operations(1, unsigned), "AssumeRoleWithSAML AssumeRoleWithWebIdentity"},
		"none of IAM":         {operations(0, unsigned), ""},
		"errors of an operation": {
			errorsOf(services[0], "PutUserPolicy"), "LimitExceeded MalformedPolicyDocument NoSuchEntity ServiceFailure",
		},
		"an error without a code": {
			errorsOf(services[0], "ListOrganizationsFeatures"),
			"AccountNotManagementOrDelegatedAdministratorException OrganizationNotFoundException OrganizationNotInAllFeaturesModeException ServiceAccessNotEnabledException",
		},
		"errors that were added": {errorsOf(services[0], "GetRoleTemplateVersion"), "InvalidInput NoSuchEntity ServiceFailure"},
		"no errors of its own":   {errorsOf(services[1], "GetCallerIdentity"), ""},
		"an output without members": {
			operations(0, func(o awsapi.OperationModel) bool { return o.Result && members(0, o.Name+"Output") == "" }),
			"PutAccountProperties UpdateRole",
		},
		"the order of an answer": {
			members(1, "AssumeRoleOutput"),
			"AssumedRoleUser Credentials SourceIdentity PackedPolicySize SessionTokenSize SessionTokenUtilization",
		},
		"IsTruncated first": {members(0, "ListUsersOutput"), "IsTruncated Users Marker"},
		"the order of a report": {
			members(0, "GetAccountAuthorizationDetailsOutput"), "IsTruncated Policies UserDetailList RoleDetailList GroupDetailList Marker",
		},
		"the order of a role": {
			members(0, "Role"),
			"Path RoleName RoleId Arn CreateDate AssumeRolePolicyDocument Description MaxSessionDuration PermissionsBoundary Tags RoleLastUsed SourceRoleTemplate",
		},
		"a lower-case member": {members(1, "PolicyDescriptorType"), "arn"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.got != c.want {
				t.Errorf("got %s, want %s", c.got, c.want)
			}
		})
	}
}

func errorsOf(s awsapi.Service, operation string) string {
	for _, o := range s.Operations {
		if o.Name == operation {
			return strings.Join(o.Errors, " ")
		}
	}
	return "no such operation"
}
