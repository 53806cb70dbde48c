package evaluator

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestContextKeysInAWSsOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"resources come first, then conditions, each behind its variables",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Condition":{"StringEquals":{"x:key":["a","${x:value}"]}},"Resource":"arn:aws:s3:::${x:resource}"}]}`,
			[]string{"x:resource", "x:value", "x:key"}},
		{"each spelling comes once",
			`{"Statement":[{"Effect":"Allow","Condition":{"Bool":{"x:a":"1"},"Null":{"x:a":"1","X:a":"1"}}}]}`,
			[]string{"x:a", "X:a"}},
		{"escapes are keys here",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotResource":"arn:aws:s3:::${*}${?}${$}"}]}`,
			[]string{"*", "?", "$"}},
		{"old documents have no variables",
			`{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Resource":"${x:a}"}]}`, []string{}},
		{"variables of numbers count, those of principals and actions do not",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${x:p}"},"Action":"${x:action}","Condition":{"NumericEquals":{"x:n":"${x:v, '1'}"}}}]}`,
			[]string{"x:v", "x:n"}},
		{"no statement, no keys", `{"Version":"2012-10-17"}`, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := Parse(c.src)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, doc.ContextKeys()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want, mustCompile(t, c.src, Resource).ContextKeys()); diff != "" {
				t.Errorf("of the policy (-want +got):\n%s", diff)
			}
		})
	}
}

func TestManyContextKeysStayDistinct(t *testing.T) {
	t.Parallel()
	var s []string
	for i := range 100 {
		s = append(s, fmt.Sprintf(`{"Effect":"Allow","Condition":{"Bool":{"x:%d":"1"}}}`, i%50))
	}
	if n := len(mustCompile(t, wrap("", strings.Join(s, ",")), Identity).ContextKeys()); n != 50 {
		t.Errorf("%d keys, want 50", n)
	}
}

func TestOriginIsHandedBack(t *testing.T) {
	t.Parallel()
	p := mustCompile(t, administratorAccess, Identity)
	o := Origin{ID: "Admin", Type: "IAM Policy", ARN: "arn:aws:iam::aws:policy/AdministratorAccess"}
	q := p.WithOrigin(o)
	if q.Origin() != o || p.Origin().ID != "test" || q.Kind() != Identity || q.Document() != p.Document() {
		t.Errorf("origin %+v and %+v", p.Origin(), q.Origin())
	}
	var r Result
	Evaluate(benchRequest("*"), &Policies{Identity: []*Policy{q}}, &r)
	if len(r.Matches) != 1 || r.Matches[0].Policy != q {
		t.Errorf("matches %+v", r.Matches)
	}
}

func TestPoliciesAreSharedByGoroutines(t *testing.T) {
	t.Parallel()
	pol := &Policies{Identity: benchPolicies(t, 3, 10)}
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			var r Result
			req := benchRequest(fmt.Sprintf("arn:aws:s3:::home-%d/ana", n*10+10))
			req.Action = "s3:ListBucket"
			for range 100 {
				Evaluate(req, pol, &r)
				if got, want := r.Allowed(), n < 2; got != want {
					t.Errorf("request %d: allowed %v, want %v", n, got, want)
				}
			}
		})
	}
	group.Wait()
}

func TestAnActionWithoutAColonMeetsTheIndex(t *testing.T) {
	t.Parallel()
	var s []string
	for i := range 10 {
		s = append(s, fmt.Sprintf(`{"Effect":"Allow","Action":["a%d:*","b"],"Resource":"*"}`, i))
	}
	req := benchRequest("*")
	req.Action = "b"
	if !Decide(req, &Policies{Identity: []*Policy{mustCompile(t, wrap("", strings.Join(s, ",")), Identity)}}) {
		t.Error("the action is denied")
	}
}
