package evaluator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// traced returns a trace in short form: a line for each element, with "+" before
// what applies, matches or holds.
func traced(list []Element) []string {
	sign := map[bool]string{true: "+", false: "-"}
	var out []string
	for _, e := range list {
		line := sign[e.Applies] + e.Name
		if e.Condition != nil {
			line += " " + e.Condition.Operator + " " + e.Condition.Key
		}
		for _, v := range e.Values {
			line += " " + sign[v.Matches] + strings.TrimPrefix(v.Type+":"+v.Text, ":")
			if v.Resolved != v.Text {
				line += "=" + v.Resolved
			}
			if len(v.Unset) > 0 {
				line += "!" + strings.Join(v.Unset, "!")
			}
		}
		for i, v := range e.Requested {
			if i == 0 {
				line += " |"
			}
			line += " " + sign[v.Holds] + v.Value
		}
		if e.Condition != nil && !e.Present {
			line += " | absent"
		}
		if e.Unquantified {
			line += " unquantified"
		}
		out = append(out, line)
	}
	return out
}

func TestTrace(t *testing.T) {
	t.Parallel()
	ctx := &Context{}
	ctx.Set("aws:username", "ana")
	ctx.Set("aws:SourceIp", "not an address")
	ctx.SetMulti("aws:TagKeys", "team", "cost")
	ctx.SetMulti("x:Empty")
	req := Request{
		Principal: Principal{
			Kind: User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/ana", EntityARN: "arn:aws:iam::111122223333:user/ana",
		},
		Action: "iam:GetUser", Resource: "arn:aws:iam::111122223333:user/ana", Context: ctx,
	}
	foreign := req
	foreign.ForeignResourceType = true
	for _, c := range []struct {
		name, statement string
		kind            Kind
		req             *Request
		want            []string
	}{
		{"patterns",
			`"Effect":"Allow","Action":["iam:Get*","s3:*"],"Resource":["arn:aws:iam::*:user/${aws:username}","arn:aws:iam::*:user/b"]`,
			Identity, &req,
			[]string{
				"+Action +iam:Get* -s3:*", "+Resource +arn:aws:iam::*:user/${aws:username}=arn:aws:iam::*:user/ana -arn:aws:iam::*:user/b",
			}},
		{"Not forms", `"Effect":"Allow","NotAction":["iam:Get*","s3:*"],"NotResource":"arn:aws:iam::*:user/b"`, Identity, &req,
			[]string{"-NotAction +iam:Get* -s3:*", "+NotResource -arn:aws:iam::*:user/b"}},
		{"a variable without a value",
			`"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::*:user/${aws:PrincipalTag/x}${*}${aws:username}"`, Identity, &req,
			[]string{
				"+Action +*",
				"-Resource -arn:aws:iam::*:user/${aws:PrincipalTag/x}${*}${aws:username}=arn:aws:iam::*:user/${aws:PrincipalTag/x}${*}ana!aws:PrincipalTag/x",
			}},
		{"no resource", `"Effect":"Allow","Action":"*"`, Identity, &req, []string{"+Action +*", "-Resource"}},
		{"principals",
			`"Effect":"Allow","Action":"*","Resource":"*","Principal":{"AWS":["111122223333","444455556666"],"Service":"ec2.amazonaws.com"}`, Resource, &req,
			[]string{"+Principal +AWS:111122223333 -AWS:444455556666 -Service:ec2.amazonaws.com", "+Action +*", "+Resource +*"}},
		{"no principal", `"Effect":"Allow","Action":"*","Resource":"*"`, Resource, &req,
			[]string{"-Principal", "+Action +*", "+Resource +*"}},
		{"NotPrincipal", `"Effect":"Allow","Action":"*","NotPrincipal":{"AWS":"444455556666"}`, Resource, &req,
			[]string{"+NotPrincipal -AWS:444455556666", "+Action +*", "+Resource"}},
		{"conditions",
			`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":["${aws:username}","eve"],"aws:userid":"x"},
			"StringNotEquals":{"aws:username":["eve","ana"]},"Null":{"aws:username":"false"},"ForAllValues:StringEquals":{"aws:TagKeys":["team","owner"]},"NumericEquals":{"x:Empty":"${aws:username}"}}`, Identity, &req,
			[]string{
				"+Action +*", "+Resource +*",
				"+Condition StringEquals aws:username +${aws:username}=ana -eve | +ana", "-Condition StringEquals aws:userid -x | absent",
				"-Condition StringNotEquals aws:username +eve -ana | -ana", "+Condition Null aws:username +false | +ana",
				"-Condition ForAllValues:StringEquals aws:TagKeys -team -owner | +team -cost",
				"-Condition NumericEquals x:Empty -${aws:username} | absent",
			}},
		{"an operator for one value on a list", `"Effect":"Allow","Action":"*","Resource":"*",
			"Condition":{"StringEquals":{"aws:TagKeys":"team","x:Empty":"a"},"StringNotEquals":{"aws:TagKeys":"x"},"Null":{"aws:TagKeys":"true"}}`,
			Identity, &req,
			[]string{
				"+Action +*", "+Resource +*", "-Condition StringEquals aws:TagKeys -team | +team -cost unquantified",
				"-Condition StringEquals x:Empty -a | absent", "-Condition StringNotEquals aws:TagKeys -x | +team +cost unquantified",
				"-Condition Null aws:TagKeys -true | -team -cost",
			}},
		{"an action that does not act on the type", `"Effect":"Allow","Action":"*","Resource":"*"`, Identity, &foreign,
			[]string{"-Action +*", "+Resource +*"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := Compile(`{"Version":"2012-10-17","Statement":[{`+c.statement+`}]}`, c.kind, Origin{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, traced(p.Trace(c.req, &Policies{}, 0))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := p.Document().Text(0); got != "{"+c.statement+"}" {
				t.Errorf("its text is %s", got)
			}
			if p.Trace(c.req, &Policies{}, 1) != nil || p.Trace(c.req, &Policies{}, -1) != nil {
				t.Error("there is no such statement")
			}
		})
	}
}

// Documents with a version before 2012 do not have variables.
func TestTraceOfAnOldDocument(t *testing.T) {
	t.Parallel()
	p, err := Compile(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"${aws:username}"}}`, Identity, Origin{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := &Context{}
	ctx.Set("aws:username", "ana")
	want := []string{"+Action +*", "-Resource -${aws:username}"}
	if diff := cmp.Diff(want, traced(p.Trace(&Request{Action: "a:b", Context: ctx}, &Policies{}, 0))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A statement applies if and only if all of its elements do, so traces and decisions
// must agree.
func TestTracesAgreeWithDecisions(t *testing.T) {
	t.Parallel()
	d := newDice(1)
	statements, applied := 0, 0
	for range 3000 {
		pol, req := d.policies(t), d.request()
		var r Result
		Evaluate(req, pol, &r)
		matched := map[string]bool{}
		for _, m := range r.Matches {
			matched[fmt.Sprintf("%p %d", m.Policy, m.Statement.Index)] = true
		}
		for _, p := range pol.Identity {
			if !req.Principal.Kind.signed() || req.Principal.Kind == Root {
				break // nobody asks them
			}
			for i := range p.Document().Statements {
				all := true
				for _, e := range p.Trace(req, pol, i) {
					all = all && e.Applies
				}
				statements++
				if all {
					applied++
				}
				if want := matched[fmt.Sprintf("%p %d", p, i)]; all != want {
					t.Fatalf("statement %d of %s: the trace says %v, the decision %v; %s", i, p.Document().Source(), all, want,
						describe(req, pol))
				}
			}
		}
	}
	if applied < 100 || statements-applied < 100 {
		t.Errorf("%d of %d statements applied: too few to compare", applied, statements)
	}
}
