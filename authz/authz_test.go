package authz_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

const (
	noIdentity = "AccessDenied: User: " + anaARN + " is not authorized to perform: iam:GetUser on resource: user bob" +
		" because no identity-based policy allows the iam:GetUser action"
	identityDenies = "AccessDenied: User: " + anaARN + " is not authorized to perform: iam:GetUser on resource: user bob" +
		" with an explicit deny in an identity-based policy"
)

func TestPoliciesThatCountForAUser(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		put  func(state)
		want string
	}{
		"no policy allows nothing":      {func(state) {}, noIdentity},
		"an inline policy":              {func(s state) { s.inline(anaID, "p", allow("iam:GetUser")) }, ""},
		"an attached policy":            {func(s state) { s.attach(anaID, "p", s.managed("p", allow("iam:GetUser"))) }, ""},
		"an AWS managed policy":         {func(s state) { s.attach(anaID, "ReadOnly", readOnlyARN) }, ""},
		"an inline policy of a group":   {func(s state) { s.inline(devsID, "p", allow("iam:GetUser")) }, ""},
		"an attached policy of a group": {func(s state) { s.attach(devsID, "p", s.managed("p", allow("iam:GetUser"))) }, ""},
		"a policy for something else":   {func(s state) { s.inline(anaID, "p", allow("iam:ListUsers")) }, noIdentity},
		"the role's policy":             {func(s state) { s.inline(auditID, "p", allow("iam:GetUser")) }, noIdentity},
		"a group's denial outweighs": {func(s state) {
			s.inline(anaID, "p", allow("*"))
			s.inline(devsID, "p", deny("iam:Get*"))
		}, identityDenies},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			c.put(s)
			if got := testkit.Answer(s.authorizer().Authorize(as(ana()), "GetUser", getBob())); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAChangeCountsWithTheNextCall(t *testing.T) {
	t.Parallel()
	s := newState(t)
	arn := s.managed("p", allow("iam:GetUser"))
	s.attach(anaID, "p", arn)
	session := audit()
	session.Session.PolicyARNs = []string{arn}
	s.inline(auditID, "all", allow("*"))
	a := s.authorizer()
	for _, p := range []principal.Principal{ana(), session} {
		if err := a.Authorize(as(p), "GetUser", getBob()); err != nil {
			t.Fatalf("before the change: %v", err)
		}
	}
	s.update(func(tx persistence.Tx) error {
		p, err := persistence.Policies.Get(tx, account, "p")
		if err != nil {
			return err
		}
		p.DefaultVersion = 2
		return errors.Join(persistence.Policies.Put(tx, account, p), persistence.PolicyVersions.Put(tx, account,
			&persistence.PolicyVersion{PolicyID: p.ID, Number: 2, Document: deny("iam:GetUser")}))
	})
	if got := testkit.Answer(a.Authorize(as(ana()), "GetUser", getBob())); got != identityDenies {
		t.Errorf("an attached policy after the change: %q", got)
	}
	const sessionDenies = "AccessDenied: User: " + nightARN + " is not authorized to perform: iam:GetUser on resource: user bob" +
		" with an explicit deny in a session policy"
	if got := testkit.Answer(a.Authorize(as(session), "GetUser", getBob())); got != sessionDenies {
		t.Errorf("a managed session policy after the change: %q", got)
	}
}

func TestSeveralNeedsMustAllBeAllowed(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "p", allow("iam:CreateUser"))
	in := &iam.CreateUserInput{UserName: aws.String("bob")}
	const want = "AccessDenied: User: " + anaARN +
		" is not authorized to perform: iam:TagUser on resource: arn:aws:iam::111122223333:user/bob" +
		" because no identity-based policy allows the iam:TagUser action"
	if got := testkit.Answer(s.authorizer().Authorize(as(ana()), "CreateUser", in)); got != want {
		t.Errorf("without the permission to tag: %s", got)
	}
	s.inline(anaID, "q", allow("iam:TagUser"))
	if err := s.authorizer().Authorize(as(ana()), "CreateUser", in); err != nil {
		t.Errorf("with both permissions: %v", err)
	}
}

func TestModes(t *testing.T) {
	t.Parallel()
	s := newState(t)
	var seen []authz.Verdict
	var passed []string
	a := s.authorizer(func(o *authz.Options) {
		o.Observe = func(_ *principal.Caller, d *authz.Decision) { seen = append(seen, d.Verdict) }
		o.LetPass = func(c *principal.Caller, denial error) { passed = append(passed, c.ARN+": "+testkit.Code(denial)) }
	})
	for _, c := range []struct {
		mode    authz.Mode
		denied  bool
		verdict []authz.Verdict
	}{
		{authz.On, true, []authz.Verdict{authz.Denied}},
		{authz.Log, false, []authz.Verdict{authz.WouldBeDenied}},
		{authz.Off, false, nil},
		{authz.On, true, []authz.Verdict{authz.Denied}},
	} {
		seen, passed = nil, nil
		a.SetMode(c.mode)
		err := a.Authorize(as(ana()), "GetUser", getBob())
		if (err != nil) != c.denied || len(seen) != len(c.verdict) || len(seen) == 1 && seen[0] != c.verdict[0] {
			t.Errorf("mode %v: error %v, recorded %v", c.mode, err, seen)
		}
		if told := len(passed) == 1 && passed[0] == anaARN+": AccessDenied"; told != (c.mode == authz.Log) || len(passed) > 1 {
			t.Errorf("mode %v: told to let pass %q", c.mode, passed)
		}
		if a.Authorize(context.Background(), "GetUser", getBob()) == nil {
			t.Errorf("mode %v lets nobody pass", c.mode)
		}
	}
}

func TestModeNames(t *testing.T) {
	t.Parallel()
	for _, m := range []authz.Mode{authz.On, authz.Log, authz.Off} {
		if got, err := authz.ParseMode(m.String()); err != nil || got != m {
			t.Errorf("ParseMode(%q) = %v, %v", m.String(), got, err)
		}
	}
	if _, err := authz.ParseMode("maybe"); err == nil {
		t.Error("ParseMode takes a word that is not a mode")
	}
	if got := authz.Mode(9).String() + authz.Verdict(9).String() + authz.Allowed.String(); got != "unknownunknownallowed" {
		t.Errorf("names: %s", got)
	}
}

// What temporary credentials can never do, whatever policies say.
func TestLimitsOfCredentials(t *testing.T) {
	t.Parallel()
	const (
		unusable  = "InvalidClientTokenId: The security token included in the request is invalid"
		noSession = "AccessDenied: Cannot call GetSessionToken with session credentials"
	)
	s := newState(t)
	s.inline(anaID, "all", allow("*"))
	s.inline(auditID, "all", allow("*"))
	rootSession := root()
	rootSession.Session = anaSession(false).Session
	getUser, key := any(getBob()), any(&sts.GetAccessKeyInfoInput{})
	role := &sts.AssumeRoleInput{RoleArn: aws.String(auditARN), Policy: aws.String(trust("Allow", account))}
	for name, c := range map[string]struct {
		who       principal.Principal
		operation string
		input     any
		want      string
	}{
		"a user calls IAM":                          {ana(), "GetUser", getUser, ""},
		"a user's session token calls IAM":          {anaSession(false), "GetUser", getUser, unusable},
		"a user's session token with MFA calls IAM": {anaSession(true), "GetUser", getUser, ""},
		"root's session token calls IAM":            {rootSession, "GetUser", getUser, unusable},
		"a role session calls IAM":                  {audit(), "GetUser", getUser, ""},
		"a federated user calls IAM":                {federated(), "GetUser", getUser, unusable},
		"a user asks for a session token":           {ana(), "GetSessionToken", &sts.GetSessionTokenInput{}, ""},
		"a session token asks for another":          {anaSession(true), "GetSessionToken", &sts.GetSessionTokenInput{}, noSession},
		"a role session asks for a session token":   {audit(), "GetSessionToken", &sts.GetSessionTokenInput{}, noSession},
		"a session token asks who it is":            {anaSession(false), "GetCallerIdentity", &sts.GetCallerIdentityInput{}, ""},
		"a session token assumes a role":            {anaSession(false), "AssumeRole", role, ""},
		"a session token asks for a key's account": {
			anaSession(true), "GetAccessKeyInfo", key,
			"AccessDenied: User: " + anaARN + " is not authorized to perform: sts:GetAccessKeyInfo",
		},
		"a role session asks for a key's account": {audit(), "GetAccessKeyInfo", key, ""},
		"a federated user asks who it is":         {federated(), "GetCallerIdentity", &sts.GetCallerIdentityInput{}, ""},
		"a federated user assumes a role": {
			federated(), "AssumeRole", role,
			"AccessDenied: User: arn:aws:sts::111122223333:federated-user/guest is not authorized to perform: sts:AssumeRole",
		},
		"root assumes a role": {
			root(), "AssumeRole", role, "AccessDenied: Roles may not be assumed by root accounts.",
		},
		"root does anything else": {root(), "GetUser", getUser, ""},
		"nobody asks who it is": {principal.Principal{}, "GetCallerIdentity", &sts.GetCallerIdentityInput{},
			"AccessDenied: User: anonymous is not authorized to perform: sts:GetCallerIdentity"},
		"an unsigned request asks who it is": {principal.Principal{Kind: principal.Anonymous}, "GetCallerIdentity",
			&sts.GetCallerIdentityInput{}, "AccessDenied: User: anonymous is not authorized to perform: sts:GetCallerIdentity"},
		"a user without permissions (bob is gone) calls IAM": {
			principal.Principal{Kind: principal.User, AccountID: account, EntityID: "AIDABOB", Name: "bob"}, "GetUser", getUser,
			"InvalidClientTokenId: The security token included in the request is invalid.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, mode := range []authz.Mode{authz.On, authz.Off} {
				if mode == authz.Off && (c.who.Name == "bob" || c.who.Kind == principal.Anonymous) {
					continue // nothing is looked up
				}
				a := s.authorizer(func(o *authz.Options) { o.Mode = mode })
				if got := testkit.Answer(a.Authorize(as(c.who), c.operation, c.input)); got != c.want {
					t.Errorf("mode %v: got %q, want %q", mode, got, c.want)
				}
			}
		})
	}
}

func TestRootAssumesARoleThatAdmitsItsAccount(t *testing.T) {
	t.Parallel()
	a := newState(t).authorizer(func(o *authz.Options) { o.RootAssumeRole = true })
	for who, want := range map[string]string{
		account: "",
		other:   "AccessDenied: User: arn:aws:iam::111122223333:root is not authorized to perform: sts:AssumeRole on resource: " + auditARN,
	} {
		in := &sts.AssumeRoleInput{RoleArn: aws.String(auditARN), Policy: aws.String(trust("Allow", who))}
		if got := testkit.Answer(a.Authorize(as(root()), "AssumeRole", in)); got != want {
			t.Errorf("trust in %s: %q", who, got)
		}
	}
}

func TestFaultsAreNotAllowances(t *testing.T) {
	t.Parallel()
	s := newState(t)
	a := s.authorizer()
	if err := a.Authorize(as(root()), "PutUserPolicy", &iam.PutUserPolicyInput{}); err == nil {
		t.Error("an operation without a rule is allowed")
	}
	if err := a.Authorize(as(root()), "GetUser", &iam.CreateUserInput{}); err == nil {
		t.Error("an input of another operation is taken")
	}
	if got := testkit.Answer(a.Authorize(as(root()), "DeleteUser", &iam.DeleteUserInput{
		UserName: aws.String("x y"),
	})); got != "bad name x y" {
		t.Errorf("the rule's error is answered as %q", got)
	}
	for name, put := range map[string]func(state){
		"an attached policy is gone": func(s state) { s.attach(anaID, "p", "arn:aws:iam::111122223333:policy/p") },
		"its ARN is another's": func(s state) {
			s.managed("p", allow("*"))
			s.attach(anaID, "p", "arn:aws:iam::111122223333:policy/else/p")
		},
		"AWS has no such policy":      func(s state) { s.attach(anaID, "No", "arn:aws:iam::aws:policy/No") },
		"the boundary is gone":        func(s state) { s.boundary("arn:aws:iam::111122223333:policy/b") },
		"a document cannot be read":   func(s state) { s.inline(anaID, "p", "{") },
		"a managed one cannot either": func(s state) { s.attach(anaID, "p", s.managed("p", "{")) },
		"its version is gone": func(s state) {
			s.attach(anaID, "p", s.managed("p", allow("*")))
			s.update(func(tx persistence.Tx) error {
				return persistence.PolicyVersions.Delete(tx, account, "ANPAp", persistence.VersionKey(1))
			})
		},
		"a group is gone": func(s state) {
			s.inline(devsID, "p", allow("*"))
			s.update(func(tx persistence.Tx) error { return persistence.Groups.Delete(tx, account, "devs") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.inline(anaID, "all", allow("*"))
			put(s)
			if err := s.authorizer().Authorize(as(ana()), "GetUser", getBob()); err == nil {
				t.Error("the call is allowed")
			}
		})
	}
	_ = s.Close()
	if err := a.Authorize(as(ana()), "GetUser", getBob()); !errors.Is(err, persistence.ErrClosed) {
		t.Errorf("with a closed store: %v", err)
	}
}

func TestARenamedUserIsStillFound(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "p", allow("iam:GetUser"))
	p := ana()
	p.Name = "former"
	if err := s.authorizer().Authorize(as(p), "GetUser", getBob()); err != nil {
		t.Error(err)
	}
	s.update(func(tx persistence.Tx) error {
		return persistence.Users.Put(tx, account, &persistence.User{Name: "former", Path: "/", ID: "AIDASOMEBODYELSE"})
	})
	if err := s.authorizer().Authorize(as(p), "GetUser", getBob()); err != nil {
		t.Errorf("with another user under the old name: %v", err)
	}
}

func TestARoleMadeAgainIsAnother(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline("AROANEW", "p", allow("*"))
	s.update(func(tx persistence.Tx) error {
		return persistence.Roles.Put(tx, account, &persistence.Role{Name: "audit", Path: "/checks/", ID: "AROANEW"})
	})
	const want = "InvalidClientTokenId: The security token included in the request is invalid."
	if got := testkit.Answer(s.authorizer().Authorize(as(audit()), "GetUser", getBob())); got != want {
		t.Errorf("got %q", got)
	}
}

func TestTwoRulesForOneOperationArePanickedOn(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("New takes two rules for one operation")
		}
	}()
	authz.New(authz.Options{Rules: append(rules(), rules()...)})
}

func TestOnlyInputsMakeRules(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("For takes a type that is not an input")
		}
	}()
	authz.For(func(*authz.Query, *iam.GetUserOutput) ([]authz.Need, error) { return nil, nil })
}
