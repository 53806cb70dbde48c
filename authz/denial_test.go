package authz_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/principal"
)

func TestDenialsNameTheLayer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		put     func(state)
		session string
		suffix  string // with its policy ARN, if the layer's policy is a managed one
		arn     string
	}{
		"identity, nothing allows": {func(state) {}, "", " because no identity-based policy allows the iam:GetUser action", ""},
		"identity, an inline denial": {
			func(s state) { s.inline(auditID, "p", deny("*")) }, "", " with an explicit deny in an identity-based policy", "",
		},
		"identity, a managed denial": {func(s state) { s.attach(auditID, "p", s.managed("p", deny("*"))) }, "",
			" with an explicit deny in an identity-based policy", ": arn:aws:iam::111122223333:policy/own/p"},
		"session, nothing allows": {func(s state) { s.inline(auditID, "p", allow("*")) }, allow("iam:List*"),
			" because no session policy allows the iam:GetUser action", ""},
		"session, a denial": {func(s state) { s.inline(auditID, "p", allow("*")) }, deny("iam:Get*"),
			" with an explicit deny in a session policy", ""},
		"session and identity lack, identity is named": {func(state) {}, allow("iam:List*"),
			" because no identity-based policy allows the iam:GetUser action", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			c.put(s)
			who := audit()
			who.Session.Policy = c.session
			want := "AccessDenied: User: " + nightARN + " is not authorized to perform: iam:GetUser on resource: user bob" + c.suffix
			if got := testkit.Answer(s.authorizer().Authorize(as(who), "GetUser", getBob())); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			named := s.authorizer(func(o *authz.Options) { o.NamePolicyARN = true })
			if got := testkit.Answer(named.Authorize(as(who), "GetUser", getBob())); got != want+c.arn {
				t.Errorf("got  %s\nwant %s", got, want+c.arn)
			}
		})
	}
}

func TestDenialsOfABoundary(t *testing.T) {
	t.Parallel()
	for document, suffix := range map[string]string{
		allow("iam:List*"):  " because no permissions boundary allows the iam:GetUser action",
		deny("iam:GetUser"): " with an explicit deny in a permissions boundary",
	} {
		s := newState(t)
		s.inline(anaID, "p", allow("*"))
		s.boundary(s.managed("edge", document))
		want := "AccessDenied: User: " + anaARN + " is not authorized to perform: iam:GetUser on resource: user bob" + suffix
		if got := testkit.Answer(s.authorizer().Authorize(as(ana()), "GetUser", getBob())); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// A session policy that is gone must not leave the session unlimited.
func TestAVanishedSessionPolicyAllowsNothing(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(auditID, "p", allow("*"))
	who := audit()
	who.Session.PolicyARNs = []string{"arn:aws:iam::111122223333:policy/gone", "arn:aws:iam::aws:policy/Gone"}
	const want = "AccessDenied: User: " + nightARN + " is not authorized to perform: iam:GetUser on resource: user bob" +
		" because no session policy allows the iam:GetUser action"
	if got := testkit.Answer(s.authorizer().Authorize(as(who), "GetUser", getBob())); got != want {
		t.Errorf("got %s", got)
	}
}

// AssumeRole is denied without a reason where the trust policy or the caller's
// own policies do not allow.
func TestDenialsOfAssumeRole(t *testing.T) {
	t.Parallel()
	const foreign = "arn:aws:iam::444455556666:role/theirs"
	for name, c := range map[string]struct {
		role     string
		trust    string
		identity string
		want     string // after the resource; "-" for allowed
	}{
		"no such role":                            {auditARN, "", allow("*"), ""},
		"the trust policy admits somebody else":   {auditARN, trust("Allow", other), allow("*"), ""},
		"it admits the user":                      {auditARN, trust("Allow", anaID), allow("iam:*"), "-"},
		"it admits the account, the user may not": {auditARN, trust("Allow", account), allow("iam:*"), ""},
		"it admits the account, the user may":     {auditARN, trust("Allow", account), allow("sts:*"), "-"},
		"it admits the user, who is denied": {auditARN, trust("Allow", anaID), deny("sts:*"),
			" with an explicit deny in an identity-based policy"},
		"it denies the user": {auditARN, trust("Deny", anaID), allow("*"),
			" with an explicit deny in the role trust policy"},
		"another account's role denies the user":                              {foreign, trust("Deny", anaARN), allow("*"), ""},
		"another account's role admits the user, whose policies do not allow": {foreign, trust("Allow", anaARN), allow("iam:*"), ""},
		"another account's role admits the user, and policies allow":          {foreign, trust("Allow", anaARN), allow("*"), "-"},
		"another account's role does not admit, policies allow":               {foreign, trust("Allow", other), allow("*"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.inline(anaID, "p", c.identity)
			in := &sts.AssumeRoleInput{RoleArn: aws.String(c.role), Policy: aws.String(c.trust)}
			want := "AccessDenied: User: " + anaARN + " is not authorized to perform: sts:AssumeRole on resource: " + c.role + c.want
			if c.want == "-" {
				want = ""
			}
			a := s.authorizer(func(o *authz.Options) { o.NamePolicyARN = true })
			if got := testkit.Answer(a.Authorize(as(ana()), "AssumeRole", in)); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestABrokenTrustPolicyAdmitsNobody(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "p", allow("*"))
	in := &sts.AssumeRoleInput{RoleArn: aws.String(auditARN), Policy: aws.String("{")}
	for _, who := range []principal.Principal{ana(), root()} {
		a := s.authorizer(func(o *authz.Options) { o.RootAssumeRole = true })
		if err := a.Authorize(as(who), "AssumeRole", in); err == nil {
			t.Errorf("%s may assume the role", who.ARN)
		}
	}
}

func TestNotAuthorizedWithoutAResource(t *testing.T) {
	t.Parallel()
	const want = "AccessDenied: User: u is not authorized to perform: sts:AssumeRoot"
	if got := testkit.Answer(authz.NotAuthorized("u", "sts:AssumeRoot", "")); got != want {
		t.Errorf("got %q", got)
	}
}
