package authz_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// recorder collects the records of an authorizer.
type recorder []*authz.Decision

func (r *recorder) observe(o *authz.Options) {
	o.Observe = func(_ *principal.Caller, d *authz.Decision) { *r = append(*r, d) }
}

func TestRecordOfADenial(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "make", allow("iam:CreateUser"))
	s.inline(devsID, "stop",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:Nothing":"true"}}}]}`)
	var r recorder
	err := s.authorizer(r.observe).Authorize(as(ana()), "CreateUser", &iam.CreateUserInput{UserName: aws.String("bob")})
	if len(r) != 1 {
		t.Fatalf("%d records", len(r))
	}
	d := r[0]
	if d.Caller.ARN != anaARN || d.Caller.Request.ID != "request-1" || d.Service != "iam" || d.Operation != "CreateUser" ||
		d.Verdict != authz.Denied || d.Denial != err || err == nil {
		t.Errorf("record %+v of %v", d, err)
	}
	var got []string
	for _, c := range d.Checks {
		got = append(got, c.Need.Action+" "+c.Result.Decision.String())
		for _, m := range c.Result.Matches {
			got = append(got, "by "+m.Policy.Origin().ID)
		}
		got = append(got, c.Result.MissingKeys...)
	}
	want := []string{
		"iam:CreateUser allowed", "by user_ana_make",
		"iam:TagUser implicitDeny", "aws:Nothing",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
}

// A record keeps its own memory: later decisions do not change it.
func TestRecordsDoNotChange(t *testing.T) {
	t.Parallel()
	s := newState(t)
	s.inline(anaID, "p", allow("iam:*"))
	var r recorder
	a := s.authorizer(r.observe)
	for _, name := range []string{"bob", "eve"} {
		if err := a.Authorize(as(ana()), "CreateUser", &iam.CreateUserInput{UserName: aws.String(name)}); err != nil {
			t.Fatal(err)
		}
		s.inline(anaID, "q"+name, allow("iam:*"))
	}
	var got []string
	for _, d := range r {
		for _, c := range d.Checks {
			got = append(got, c.Request.Action+" "+c.Request.Resource)
			for _, p := range c.Policies.Identity {
				got = append(got, p.Origin().ID)
			}
			if _, _, ok := c.Request.Context.Lookup("aws:RequestTag/cost"); !ok {
				t.Error("a record has lost its condition keys")
			}
		}
	}
	want := []string{
		"iam:CreateUser arn:aws:iam::111122223333:user/bob", "user_ana_p",
		"iam:TagUser arn:aws:iam::111122223333:user/bob", "user_ana_p",
		"iam:CreateUser arn:aws:iam::111122223333:user/eve", "user_ana_p", "user_ana_qbob",
		"iam:TagUser arn:aws:iam::111122223333:user/eve", "user_ana_p", "user_ana_qbob",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestRecordsOfCallsWithoutPolicies(t *testing.T) {
	t.Parallel()
	var r recorder
	a := newState(t).authorizer(r.observe)
	_ = a.Authorize(as(ana()), "GetCallerIdentity", &sts.GetCallerIdentityInput{})
	_ = a.Authorize(as(federated()), "GetUser", getBob())
	if len(r) != 2 || r[0].Verdict != authz.Allowed || r[1].Verdict != authz.Denied || r[1].Denial == nil {
		t.Errorf("records %+v", r)
	}
}

// origin is a policy as the simulator names it.
type origin struct{ Layer, ID, Type, ARN string }

func origins(list ...*evaluator.Policy) []origin {
	var all []origin
	for _, p := range list {
		o := p.Origin()
		all = append(all, origin{p.Kind().String(), o.ID, o.Type, o.ARN})
	}
	return all
}

func TestGatherNamesPoliciesAsTheSimulatorDoes(t *testing.T) {
	t.Parallel()
	s := newState(t)
	both := s.managed("both", allow("iam:*"))
	s.inline(anaID, "mine", allow("iam:*"))
	s.attach(anaID, "both", both)
	s.inline(devsID, "ours", allow("iam:*"))
	s.attach(devsID, "both", both)
	s.attach(devsID, "ReadOnly", readOnlyARN)
	s.inline(auditID, "role's", allow("iam:*"))
	s.boundary(s.managed("edge", allow("iam:*")))
	user := []origin{
		{"identity", "user_ana_mine", "IAM Policy", ""}, {"identity", "both", "IAM Policy", both},
		{"identity", "group_devs_ours", "IAM Policy", ""}, {"identity", "ReadOnly", "IAM Policy", readOnlyARN},
	}
	group := []origin{
		{"identity", "group_devs_ours", "IAM Policy", ""},
		{"identity", "both", "IAM Policy", both}, {"identity", "ReadOnly", "IAM Policy", readOnlyARN},
	}
	edge := []origin{{"boundary", "edge", "Permissions Boundary Policy", "arn:aws:iam::111122223333:policy/own/edge"}}
	a := s.authorizer()
	err := s.View(t.Context(), func(tx persistence.Tx) error {
		u, _ := persistence.Users.Get(tx, account, "ana")
		g, _ := persistence.Groups.Get(tx, account, "devs")
		r, _ := persistence.Roles.Get(tx, account, "audit")
		for _, c := range []struct {
			h        authz.Holder
			arn      string
			identity []origin
			boundary []origin
		}{
			{authz.UserHolder(account, u), anaARN, user, edge},
			{authz.GroupHolder(account, g), "arn:aws:iam::111122223333:group/devs", group, nil},
			{authz.RoleHolder(account, r), auditARN, []origin{{"identity", "role_audit_role's", "IAM Policy", ""}}, nil},
		} {
			var p evaluator.Policies
			if err := a.Gather(tx, &c.h, &p); err != nil {
				return err
			}
			if diff := cmp.Diff(c.identity, origins(p.Identity...)); diff != "" {
				t.Errorf("%s identity (-want +got):\n%s", c.h.Kind, diff)
			}
			var boundary []origin
			if p.Boundary != nil {
				boundary = origins(p.Boundary)
			}
			if diff := cmp.Diff(c.boundary, boundary); diff != "" {
				t.Errorf("%s boundary (-want +got):\n%s", c.h.Kind, diff)
			}
			if got := c.h.ARN(principal.AWS); got != c.arn {
				t.Errorf("ARN %s, want %s", got, c.arn)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDocumentsOfManagedPolicies(t *testing.T) {
	t.Parallel()
	s := newState(t)
	own := s.managed("own", deny("*"))
	a := s.authorizer()
	for arn, want := range map[string]string{
		own: deny("*"), readOnlyARN: allow("iam:Get*"),
		"arn:aws:iam::aws:policy/No": "", "arn:aws:iam::111122223333:policy/no": "", "arn:aws:iam::111122223333:policy/own": "",
	} {
		err := s.View(t.Context(), func(tx persistence.Tx) error {
			got, err := a.Document(tx, account, arn)
			if got != want || (err == persistence.ErrNotFound) != (want == "") {
				t.Errorf("Document(%s) = %q, %v", arn, got, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
