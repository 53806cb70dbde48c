package evaluator

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryReasonHasAnExample looks for each reason in the details of the text
// cases, which TestDecisions runs.
func TestEveryReasonHasAnExample(t *testing.T) {
	t.Parallel()
	paths, _ := filepath.Glob("testdata/decide/*.txt")
	var details strings.Builder
	for _, path := range paths {
		_, cases := readCases(t, path)
		for _, c := range cases {
			for _, d := range c.details {
				details.WriteString(d + ",\n")
			}
		}
	}
	sentences := map[string]Reason{}
	for _, r := range Reasons() {
		if r != NoReason && !strings.Contains(details.String(), " "+r.String()+",") {
			t.Errorf("no case shows the reason %s", r)
		}
		if s := r.Sentence(); !strings.HasSuffix(s, ".") || sentences[s] != NoReason {
			t.Errorf("reason %s has no sentence of its own: %q", r, s)
		}
		sentences[r.Sentence()] = r
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for k := NoKind; k <= VPCEndpoint; k++ {
		if got, ok := ParseKind(k.String()); k != NoKind && (!ok || got != k) {
			t.Errorf("kind %s is read as %s", k, got)
		}
	}
	if _, ok := ParseKind("none"); ok {
		t.Error("no kind is read as a kind")
	}
	got := []string{
		Kind(99).String(), PrincipalKind(99).String(), Grant(99).String(), Reason(99).String(), Reason(99).Sentence(),
		Anonymous.String(), SAML.String(), GrantEntity.String(), Allow.String(), Deny.String(),
		Allowed.String(), ExplicitDeny.String(), ImplicitDeny.String(),
	}
	want := []string{
		"unknown", "unknown", "unknown", "unknown", "The reason is unknown.",
		"anonymous", "saml", "entity", "Allow", "Deny", "allowed", "explicitDeny", "implicitDeny",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestQuirksBelongToTheSimulator(t *testing.T) {
	t.Parallel()
	for q := range quirkCount {
		if q.In(Enforce) || !q.In(Simulate) {
			t.Errorf("quirk %d: live %v, simulated %v", q, q.In(Enforce), q.In(Simulate))
		}
	}
	if quirkCount.In(Simulate) {
		t.Error("what is no quirk is in effect")
	}
}

func TestResultFindsTheLayerThatDoesNotAllow(t *testing.T) {
	t.Parallel()
	all := func(kind Kind) *Policy { return mustCompile(t, administratorAccess, kind) }
	none := mustCompile(t, `{"Statement":[]}`, SCP)
	pol := &Policies{Identity: []*Policy{all(Identity)}, SCP: [][]*Policy{{all(SCP)}, {none}}}
	var r Result
	Evaluate(benchRequest("*"), pol, &r)
	if l := r.Layer(SCP); l == nil || l.Level != 1 || l.Reason != NothingAllows {
		t.Errorf("SCP layer %+v", l)
	}
	if l := r.Layer(Identity); l == nil || l.Decision != Allowed || len(l.Matches) != 1 {
		t.Errorf("identity layer %+v", l)
	}
	if l := r.Layer(Boundary); l != nil {
		t.Errorf("boundary layer %+v", l)
	}
	pol.SCP = pol.SCP[:1]
	pol.SCP = append(pol.SCP, pol.SCP[0])
	Evaluate(benchRequest("*"), pol, &r)
	if l := r.Layer(SCP); l == nil || l.Level != 0 || !r.Allowed() {
		t.Errorf("SCP layer %+v of %v", l, r.Decision)
	}
}

// TestManyMissingKeysStayDistinct uses the same hundred keys in two policies.
func TestManyMissingKeysStayDistinct(t *testing.T) {
	t.Parallel()
	var s []string
	for i := range 100 {
		s = append(s, fmt.Sprintf(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"x:%d":"1"}}}`, i))
	}
	p := mustCompile(t, wrap("", strings.Join(s, ",")), Identity)
	pol := &Policies{Identity: []*Policy{p}, Boundary: p}
	var r Result
	for range 2 {
		Evaluate(benchRequest("*"), pol, &r)
		if diff := cmp.Diff(p.ContextKeys(), r.MissingKeys); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
	Evaluate(benchRequest("*"), &Policies{}, &r)
	if len(r.MissingKeys) != 0 {
		t.Errorf("keys of the request before remain: %v", r.MissingKeys)
	}
}

// TestNothingIsAllocatedWhenWarm covers requests that are allowed and denied,
// with variables, sets, ARNs, crossing wildcards and reasons.
func TestNothingIsAllocatedWhenWarm(t *testing.T) {
	policies := &Policies{Identity: append(benchPolicies(t, 5, 10), mustCompile(t, wrap(Version2012,
		`{"Effect":"Deny","Action":"s3:*","Resource":["arn:aws:s3:*:*:${aws:username}*","arn:aws:*:x*:*:b"],"Condition":{"StringLike":{"aws:username":"${aws:username}?"}}},`+
			`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"ForAnyValue:StringEqualsIgnoreCase":{"aws:TagKeys":["A","É"]},"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/${aws:username}"},`+
			`"NumericLessThan":{"aws:EpochTime":"1e10"},"DateGreaterThan":{"aws:CurrentTime":"2020-01-01"},"IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"Bool":{"aws:SecureTransport":"true"},"Null":{"x:y":"true"}}}`), Identity))}
	for _, c := range []struct{ resource, keys, want string }{
		{"arn:aws:s3:::bucket/a:b:c", "é", "allowed"},
		{"arn:aws:s3:::bucket/a:b:c", "ü", "implicitDeny"},
	} {
		req := benchRequest(c.resource)
		req.Context.SetMulti("aws:TagKeys", c.keys, "z")
		var r Result
		Evaluate(req, policies, &r)
		if got := r.Decision.String(); got != c.want {
			t.Errorf("with the tag key %s: %s, want %s", c.keys, got, c.want)
		}
		if n := testing.AllocsPerRun(100, func() { Evaluate(req, policies, &r) }); n != 0 {
			t.Errorf("with the tag key %s: %v allocations", c.keys, n)
		}
	}
}
