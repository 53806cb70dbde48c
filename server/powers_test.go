package server

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/persistence/memstore"
)

// Advice that lets somebody assume a role warns if the role is an administrator's, by
// its policies and its boundary as they are.
func TestAdviceKnowsAdministrators(t *testing.T) {
	t.Parallel()
	served, err := New(Options{Store: memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	s := &recordedServer{Server: served, t: t}
	for _, name := range []string{"ana", "bob"} {
		s.do(signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", name))
	}
	ana, err := s.Act(t.Context(), "ana", Session{})
	if err != nil {
		t.Fatal(err)
	}
	const (
		everything, iamOnly, reader = "AdministratorAccess", "IAMFullAccess", "ReadOnlyAccess"
		is, becomes, unknown        = "is an administrator", "can make itself an administrator", "look at the policies of the role first"
	)
	for _, c := range []struct{ role, policy, boundary, want string }{
		{"all", everything, "", is},
		{"iam", iamOnly, "", becomes},
		{"read", reader, "", unknown},
		{"kept", everything, reader, unknown},
		{"unkept", everything, everything, is},
		{"unbarred", everything, iamOnly, becomes},
	} {
		form := []string{"Action", "CreateRole", "RoleName", c.role, "AssumeRolePolicyDocument",
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/bob"},"Action":"sts:AssumeRole"}}`}
		if c.boundary != "" {
			form = append(form, "PermissionsBoundary", "arn:aws:iam::aws:policy/"+c.boundary)
		}
		s.do(signedForm(t, testRoot, "iam", form...))
		s.do(signedForm(t, testRoot, "iam", "Action", "AttachRolePolicy", "RoleName", c.role, "PolicyArn",
			"arn:aws:iam::aws:policy/"+c.policy))
		text := s.explained(signedForm(t, aws.Credentials{AccessKeyID: ana.AccessKeyID, SecretAccessKey: ana.SecretAccessKey}, "sts",
			"Action", "AssumeRole", "RoleArn", "arn:aws:iam::000000000000:role/"+c.role, "RoleSessionName", "s1"))
		for _, said := range []string{is, becomes, unknown} {
			if strings.Contains(text, said) != (said == c.want) {
				t.Errorf("role %s: want %q, and not %q, in %s", c.role, c.want, said, text)
			}
		}
	}
}

// Advice that lets somebody put a user into a group of administrators warns too.
func TestAdviceKnowsGroupsOfAdministrators(t *testing.T) {
	t.Parallel()
	served, err := New(Options{Store: memstore.New()})
	if err != nil {
		t.Fatal(err)
	}
	s := &recordedServer{Server: served, t: t}
	s.do(signedForm(t, testRoot, "iam", "Action", "CreateUser", "UserName", "ana"))
	ana, err := s.Act(t.Context(), "ana", Session{})
	if err != nil {
		t.Fatal(err)
	}
	const is, becomes = "is one of administrators", "can make themselves administrators"
	for group, c := range map[string]struct{ policy, want string }{
		"admins": {"AdministratorAccess", is}, "managers": {"IAMFullAccess", becomes}, "readers": {"ReadOnlyAccess", ""},
	} {
		s.do(signedForm(t, testRoot, "iam", "Action", "CreateGroup", "GroupName", group, "Path", "/a/"))
		s.do(signedForm(t, testRoot, "iam", "Action", "AttachGroupPolicy", "GroupName", group, "PolicyArn",
			"arn:aws:iam::aws:policy/"+c.policy))
		text := s.explained(signedForm(t, aws.Credentials{AccessKeyID: ana.AccessKeyID, SecretAccessKey: ana.SecretAccessKey}, "iam",
			"Action", "AddUserToGroup", "GroupName", group, "UserName", "ana"))
		for _, said := range []string{is, becomes} {
			if strings.Contains(text, said) != (said == c.want) {
				t.Errorf("group %s: want %q, and not %q, in %s", group, c.want, said, text)
			}
		}
	}
}
