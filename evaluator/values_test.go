package evaluator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// words lists values, for policies and requests, that can match, by family.
var words = map[family][]string{
	familyString: {"a", "A", "b", "", "true", "k", "\u212a", "Σ", "aΣ", "aς", "aσ", "İ", "i̇", "ß", "𐐀", "${x}", "${y}", "${*}",
		"a*", "*b", "?"},
	familyIgnoreCase: {"a", "A", "b", "", "k", "K", "\u212a", "Σ", "aΣ", "aς", "aσ", "İ", "i̇", "ß", "𐐀", "𐐨", "${x}", "${y}", "${x}${x}"},
	familyARN: {"arn:aws:s3:::b", "arn:aws:s3:::c", "arn:aws:s3:::b*", "arn:aws:s3:::${*}", "arn:aws:s3:::*", "arn:aws:iam::1:user/a:b",
		"*", "arn:*:s3:::b",
		"arn:aws:s?:::${x}", "arn:aws", "a", "${x}", "${y}", "${arn}"},
	familyNumeric: {"1", "1.0", "01", "-1", "0", "-0", "10", "1e2", "100.5", "99", "x"},
	familyDate:    {"2020-01-01", "2020-01-01T00:00:00Z", "2021-01-01", "0", "-5", "x"},
	familyBool:    {"true", "TRUE", "false", "a", "", "${x}", "${y}", "${t}"},
	familyBinary:  {"QUJD", "QQ==", "QR==", "", "a"},
	familyIP:      {"10.0.0.1", "10.0.0.1/8", "10.1.0.0/16", "0.0.0.0/0", "10.1.2.3", "::1", "::/0", "2001:db8::/32", "2001:db8::1", "x"},
	familyNull:    {"true", "false", "a"},
}

// TestManyValues compares conditions with many values, which are looked up, with
// the naive ones, which try each.
func TestManyValues(t *testing.T) {
	t.Parallel()
	var names []string
	for name := range operators {
		names = append(names, name)
	}
	slices.Sort(names)
	for seed := range uint64(20_000) {
		d := newDice(seed)
		c := Condition{Operator: d.one("", "ForAnyValue:", "ForAllValues:") + d.one(names...), Key: "v"}
		op, _ := parseOperator(c.Operator)
		list := words[op.family]
		pool := []string{d.one(list...), d.one(list...), d.one(list...)}
		for range manyValues + d.IntN(3) - 1 {
			c.Values = append(c.Values, Text{Value: d.one(pool...)})
		}
		req := &Request{Context: new(Context), Mode: Mode(d.IntN(2))}
		req.Context.Set("x", d.one("a", "b", "b*", "arn:aws:s3:::b"))
		req.Context.Set("arn", "arn:aws:s3:::c")
		req.Context.Set("t", "True")
		if d.chance(50) {
			req.Context.Set("v", d.one(list...))
		} else {
			req.Context.SetMulti("v", d.one(list...), d.one(list...))
		}
		k := compileCondition(&c, Version2012)
		got, want := k.eval(&evaluation{req: req, res: new(Result), ctx: t.Context()}), truth(naive{req: req}.condition(&c, true))
		if got != want {
			t.Fatalf("seed %d: %s %q of %v, mode %d: got %d, want %d", seed, c.Operator, c.Values, req.Context.keys, req.Mode, got, want)
		}
	}
}

// looking is a context that counts how often it is checked, and is done at one of
// the checks; at none if that is 0.
type looking struct {
	context.Context
	looks, endsAt int
}

func (l *looking) Err() error {
	if l.looks++; l.looks == l.endsAt {
		return context.Canceled
	}
	return nil
}

// manyOfEach returns a request and a policy with as many values as the limits of
// calls and documents allow; none matches another.
func manyOfEach(tb testing.TB, operator, policy, request string) (*Request, *Policies) {
	tb.Helper()
	var values, given []string
	for i := 0; i < longestDocument/(len(policy)+8); i++ {
		values = append(values, `"`+fmt.Sprintf(policy, i)+`"`)
	}
	for range 1000 {
		given = append(given, request)
	}
	req := benchRequest("*")
	req.Context.SetMulti("v", given...)
	return req, &Policies{Identity: []*Policy{mustCompile(tb, wrap(Version2012, `{"Effect":"Allow","Action":"*","Resource":"*"},`+
		`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"`+operator+`":{"v":[`+strings.Join(values, ",")+`]}}}`), Identity)}}
}

// TestEffortOfManyValues: values that need no pattern take one comparison for each
// value of the request, however many values the policy has.
func TestEffortOfManyValues(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"ForAnyValue:StringEquals", "v%d", "w"},
		{"ForAnyValue:StringLike", "v%d", "w"},
		{"ForAnyValue:StringEqualsIgnoreCase", "V%dÄ", "vä"},
		{"ForAnyValue:Bool", "a%d", "true"},
		{"ForAnyValue:BinaryEquals", "QUJD%04d", "QUJD"},
		{"ForAnyValue:NumericEquals", "%d", "1.5"},
		{"ForAnyValue:NumericLessThan", "%d", "1e9"},
		{"ForAnyValue:NumericGreaterThanEquals", "%d", "-1"},
		{"ForAnyValue:DateEquals", "%d", "-1"},
		{"ForAnyValue:IpAddress", "::%d", "10.0.0.1"},
		{"ForAnyValue:ArnLike", "arn:aws:s3:::%d", "arn:aws:s3:::b"},
	} {
		t.Run(c[0], func(t *testing.T) {
			t.Parallel()
			req, policies := manyOfEach(t, c[0], c[1], c[2])
			ctx, r := &looking{Context: t.Context()}, Result{}
			if err := EvaluateContext(ctx, req, policies, &r); err != nil || !r.Allowed() {
				t.Fatalf("got %v, %v; want that no value matches", r.Decision, err)
			}
			if ctx.looks != 0 {
				t.Errorf("more than %d comparisons were made", ctx.looks*lookEvery)
			}
		})
	}
}

// TestEvaluationEndsWithItsContext: what was found before it ended does not count,
// and the result can be used again.
func TestEvaluationEndsWithItsContext(t *testing.T) {
	t.Parallel()
	req, policies := manyOfEach(t, "ForAnyValue:ArnLike", "arn:*:s3:::*%d", "arn:aws:s3:::b")
	policies.Identity = append(policies.Identity, benchPolicies(t, 1, 50)...)
	var r Result
	ctx := &looking{Context: t.Context(), endsAt: 3}
	if err := EvaluateContext(ctx, req, policies, &r); !errors.Is(err, context.Canceled) || ctx.looks != ctx.endsAt {
		t.Errorf("got %v after %d looks, want %v after %d", err, ctx.looks, context.Canceled, ctx.endsAt)
	}
	if r.Decision != ImplicitDeny || r.Reason != NoReason || len(r.Layers)+len(r.Matches)+len(r.MissingKeys) != 0 {
		t.Errorf("an evaluation that was ended leaves %+v", r)
	}
	if r.scratch.effort != (effort{}) {
		t.Error("the result keeps the text")
	}
	req.Context.SetMulti("v", "arn:aws:s3:::b")
	if Evaluate(req, policies, &r); !r.Allowed() {
		t.Errorf("the next evaluation: %v, want it allowed", r.Decision)
	}
}

// BenchmarkManyValues uses the largest allowed number of patterns, which are tried one
// after the other.
func BenchmarkManyValues(b *testing.B) {
	for _, c := range [][3]string{
		{"ForAnyValue:ArnLike", "arn:aws:s3:::*%d", "arn:aws:s3:::b"}, {"ForAnyValue:StringEqualsIgnoreCase", "v%d", "w"},
	} {
		b.Run(c[0], func(b *testing.B) {
			req, policies := manyOfEach(b, c[0], c[1], c[2])
			benchmark(b, req, policies)
		})
	}
}
