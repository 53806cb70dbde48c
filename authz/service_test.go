package authz_test

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

func getObject(resource string) *authz.ServiceCall {
	return &authz.ServiceCall{Service: "s3", Operation: "GetObject", Needs: []authz.Need{{Action: "s3:GetObject", Resource: resource}}}
}

// A call to another service is decided as calls to IAM are, and recorded.
func TestDecideService(t *testing.T) {
	t.Parallel()
	const object = "arn:aws:s3:::bucket/key"
	both := getObject(object)
	both.Needs = append(both.Needs, authz.Need{Action: "s3:GetObjectTagging", Resource: object, Label: `"` + object + `"`,
		ActionLabel: "S3:GetObjectTagging"})
	owned := getObject(object)
	owned.Needs[0].Owner = "444455556666"
	nobody := func() context.Context { return principal.NewContext(context.Background(), &principal.Caller{}) }
	anonymous := func() context.Context {
		return principal.NewContext(context.Background(), &principal.Caller{Principal: principal.Principal{Kind: principal.Anonymous}})
	}
	ana := func() context.Context { return as(ana()) }
	for name, c := range map[string]struct {
		who     func() context.Context
		mode    authz.Mode
		call    *authz.ServiceCall
		denial  string // "" if it passes
		verdict authz.Verdict
		checks  int
	}{
		"allowed": {ana, authz.On, getObject(object), "", authz.Allowed, 1},
		"another bucket": {
			ana, authz.On, getObject("arn:aws:s3:::other/key"),
			"User: " + anaARN +
				" is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::other/key because no identity-based policy allows the s3:GetObject action", authz.Denied, 1,
		},
		"a second need": {
			ana, authz.On, both, "User: " + anaARN + ` is not authorized to perform: S3:GetObjectTagging on resource: "` + object +
				`" because no identity-based policy allows the S3:GetObjectTagging action`, authz.Denied, 2,
		},
		"mode log": {ana, authz.Log, both, "", authz.WouldBeDenied, 2},
		"another account": {
			ana, authz.On, owned, "User: " + anaARN + " is not authorized to perform: s3:GetObject on resource: " + object +
				" because no resource-based policy allows the s3:GetObject action", authz.Denied, 1,
		},
		"anonymous": {
			anonymous, authz.On, getObject(object),
			"User: anonymous is not authorized to perform: s3:GetObject on resource: " + object +
				" because no resource-based policy allows the s3:GetObject action", authz.Denied, 1,
		},
		"nobody": {nobody, authz.On, getObject(object), "User: anonymous is not authorized to perform: s3:GetObject", authz.Denied, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.inline(anaID, "p",
				`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}`)
			var r recorder
			_, err := s.authorizer(r.observe, func(o *authz.Options) { o.Mode = c.mode }).DecideService(c.who(), c.call)
			got := ""
			if api, ok := err.(smithy.APIError); ok {
				got = api.ErrorMessage()
			} else if err != nil {
				t.Fatal(err)
			}
			if got != c.denial {
				t.Errorf("denied with %q\nwant %q", got, c.denial)
			}
			if len(r) != 1 || r[0].Verdict != c.verdict || len(r[0].Checks) != c.checks || r[0].Service != "s3" ||
				r[0].Operation != "GetObject" {
				t.Errorf("recorded %+v", r)
			}
		})
	}
}

func TestDecideServiceWithoutNeeds(t *testing.T) {
	t.Parallel()
	if _, err := newState(t).authorizer().DecideService(as(ana()), &authz.ServiceCall{Service: "s3", Operation: "GetObject"}); err == nil {
		t.Error("a call that needs nothing is allowed")
	}
}

// Parts of a call are denied by themselves, unless the whole call is denied.
func TestDecideServiceByParts(t *testing.T) {
	t.Parallel()
	needs := func(keys ...string) *authz.ServiceCall {
		c := &authz.ServiceCall{Service: "s3", Operation: "DeleteObjects"}
		for i, key := range keys {
			c.Needs = append(c.Needs, authz.Need{Action: "s3:DeleteObject", Resource: "arn:aws:s3:::bucket/" + key})
			c.Parts = append(c.Parts, authz.Part{From: i, To: i + 1})
		}
		return c
	}
	whole := needs("mine", "other")
	whole.Needs = append(whole.Needs, authz.Need{Action: "s3:BypassGovernanceRetention", Resource: "arn:aws:s3:::bucket"})
	for name, c := range map[string]struct {
		call   *authz.ServiceCall
		mode   authz.Mode
		denied []bool
		fails  bool
	}{
		"none is denied":    {needs("mine"), authz.On, nil, false},
		"one is denied":     {needs("mine", "other"), authz.On, []bool{false, true}, false},
		"all are denied":    {needs("other", "others"), authz.On, []bool{true, true}, false},
		"the whole call is": {whole, authz.On, nil, true},
		"mode log":          {needs("other"), authz.Log, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newState(t)
			s.inline(anaID, "p",
				`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::bucket/mine"}]}`)
			denied, err := s.authorizer(func(o *authz.Options) { o.Mode = c.mode }).DecideService(as(ana()), c.call)
			var got []bool
			for _, d := range denied {
				got = append(got, d != nil)
			}
			if !slices.Equal(got, c.denied) || (err != nil) != c.fails {
				t.Errorf("denied %v, %v", denied, err)
			}
		})
	}
}
