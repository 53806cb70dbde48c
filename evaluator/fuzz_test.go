package evaluator

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// FuzzParse: parsing, validating and compiling never panic, what parses is
// JSON, and what can be rewritten keeps its meaning.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		administratorAccess, `{"Statement":[]}`, `{"Version":"2008-10-17","Id":"\u00e9","Statement":{"Effect":"Deny"}}`, `[{}]`,
		`{"Statement":{"Sid":1e5}}`,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotPrincipal":{"AWS":["*"]},"NotAction":["a:*?"],"NotResource":"arn:aws:${a, 'b'}:${*}"}]}`,
		`{"Statement":{"Effect":"Allow","Condition":{"ForAnyValue:StringLikeIfExists":{"a":[true,1.5,"${x}"]},"IpAddress":{"b":"::/0"},"DateEquals":{"c":"2030T"},"ArnLike":{"d":"arn:a:b:c:d:e"},"NumericEquals":{"e":"1"}}}}`,
	} {
		f.Add(s)
	}
	for seed := range uint64(20) {
		d := newDice(seed)
		f.Add(d.document(d.resourceKind()))
	}
	f.Fuzz(func(t *testing.T, src string) {
		for kind := Identity; kind <= VPCEndpoint; kind++ {
			if err := Validate(src, kind); err != nil {
				fault, ok := err.(*MalformedError)
				if !ok {
					t.Fatalf("%v is not a MalformedError", err)
				}
				if fault.At.Line < 1 || fault.At.Column < 1 {
					t.Fatalf("%v is at %v", err, fault.At)
				}
			}
		}
		doc, err := Parse(src)
		if err != nil {
			return
		}
		if !json.Valid([]byte(src)) {
			t.Fatal("what is not JSON was parsed")
		}
		normal, err := NormalizeTrust(src)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := NormalizeTrust(normal); err != nil || again != normal {
			t.Fatalf("normalised twice it is %s, %v, not %s", again, err, normal)
		}
		same, err := RewritePrincipals(src, func(p PrincipalRef) (string, error) { return p.Value, nil })
		if err != nil || same != src {
			t.Fatalf("rewriting nothing changes it to %s, %v", same, err)
		}
		if n := Size(src); n < 0 || n > len(src) {
			t.Fatalf("size %d", n)
		}
		doc.ContextKeys()
		p, err := doc.Compile(Resource, Origin{})
		if err != nil || hugeExponent.MatchString(src) {
			return // the naive evaluator writes numbers out
		}
		if diff := naiveDiff(benchRequest("arn:aws:s3:::bucket"), &Policies{Resource: p}, decided(&Policies{Resource: p})); diff != "" {
			t.Fatal(diff)
		}
	})
}

var hugeExponent = regexp.MustCompile(`[eE][+-]?[0-9]{5,}`)

func decided(pol *Policies) *Result {
	var r Result
	Evaluate(benchRequest("arn:aws:s3:::bucket"), pol, &r)
	return &r
}

// requestsPerInput is how many decisions an input of FuzzAgree compares: two with
// one set of policies, to detect state that remains from the first.
const requestsPerInput = 2

// FuzzAgree compares the evaluator with the naive one. An input is the choices from
// which a set of policies and the requests are made.
func FuzzAgree(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(someChoices(seed))
	}
	kept := map[string]*compiled{}
	f.Fuzz(func(t *testing.T, choices []byte) { compareRandom(t, thrownDice(choices, kept), requestsPerInput) })
}

func someChoices(seed uint64) []byte {
	d := newDice(seed)
	choices := make([]byte, 400)
	for i := range choices {
		choices[i] = byte(d.Uint32())
	}
	return choices
}

// BenchmarkAgree is FuzzAgree without the fuzzer: each round changes one choice.
func BenchmarkAgree(b *testing.B) {
	d, kept := newDice(0), map[string]*compiled{}
	var inputs [][]byte
	for seed := range uint64(20) {
		inputs = append(inputs, someChoices(seed))
	}
	rounds := 0
	for b.Loop() {
		choices := inputs[rounds%len(inputs)]
		choices[d.IntN(len(choices))] = byte(d.Uint32())
		compareRandom(b, thrownDice(choices, kept), requestsPerInput)
		rounds++
	}
	b.ReportMetric(float64(rounds)/b.Elapsed().Seconds(), "inputs/s")
	b.ReportMetric(float64(requestsPerInput*rounds)/b.Elapsed().Seconds(), "decisions/s")
}

// FuzzLaws checks, on random requests, what must be true of every decision.
func FuzzLaws(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(checkLaws)
}

// TestLaws runs a part of FuzzLaws in every test run.
func TestLaws(t *testing.T) {
	t.Parallel()
	for seed := range testkit.Rounds(t, 200, time.Second) {
		checkLaws(t, uint64(seed))
	}
}

// checkLaws: the order of policies and statements never changes a decision; a
// further Deny never turns a denial into an allow; a further Allow never turns
// an allow into a denial.
func checkLaws(t *testing.T, seed uint64) {
	d := newDice(seed)
	pol := d.policies(t)
	shuffled := mapPolicies(pol, func(p *Policy) *Policy { return reordered(t, d, p) })
	d.Shuffle(len(shuffled.Identity), func(i, j int) {
		shuffled.Identity[i], shuffled.Identity[j] = shuffled.Identity[j], shuffled.Identity[i]
	})
	slices.Reverse(shuffled.Session)
	slices.Reverse(shuffled.Limits)
	extra := d.statement(Resource)
	allow := strings.Replace(extra, `"Effect":"Deny"`, `"Effect":"Allow"`, 1)
	deny := strings.Replace(extra, `"Effect":"Allow"`, `"Effect":"Deny"`, 1)
	one := d.IntN(8)
	allowed := extended(t, pol, one, allow)
	denied := extended(t, pol, one, deny)
	for range 10 {
		req := d.request()
		was := decisionOf(req, pol)
		if got := decisionOf(req, shuffled); got != was {
			t.Fatalf("seed %d: in another order %v becomes %v\n%s", seed, was, got, describe(req, pol))
		}
		if got := decisionOf(req, denied); was != Allowed && got == Allowed || was == ExplicitDeny && got != was {
			t.Fatalf("seed %d: with a further Deny %v becomes %v\n%s\n%s", seed, was, got, deny, describe(req, pol))
		}
		if got := decisionOf(req, allowed); was == Allowed && got != Allowed {
			t.Fatalf("seed %d: with a further Allow %v becomes %v\n%s\n%s", seed, was, got, allow, describe(req, pol))
		}
	}
}

func decisionOf(req *Request, pol *Policies) Decision {
	var r Result
	Evaluate(req, pol, &r)
	return r.Decision
}

// mapPolicies returns policies with f applied to each.
func mapPolicies(p *Policies, f func(*Policy) *Policy) *Policies {
	q := *p
	one := func(p *Policy) *Policy {
		if p == nil {
			return nil
		}
		return f(p)
	}
	list := func(in []*Policy) []*Policy {
		out := slices.Clone(in)
		for i := range out {
			out[i] = f(out[i])
		}
		return out
	}
	levels := func(in [][]*Policy) [][]*Policy {
		out := slices.Clone(in)
		for i := range out {
			out[i] = list(out[i])
		}
		return out
	}
	q.Identity, q.Session, q.Limits, q.SCP, q.RCP = list(p.Identity), list(p.Session), list(p.Limits), levels(p.SCP), levels(p.RCP)
	q.Boundary, q.Resource, q.VPCEndpoint = one(p.Boundary), one(p.Resource), one(p.VPCEndpoint)
	return &q
}

// reordered returns the policy with its statements in a different order.
func reordered(t *testing.T, d dice, p *Policy) *Policy {
	list := rawStatements(t, p)
	d.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return rebuilt(t, p, list)
}

func rawStatements(t *testing.T, p *Policy) []json.RawMessage {
	var doc struct{ Statement []json.RawMessage }
	if err := json.Unmarshal([]byte(p.Document().Source()), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Statement
}

func rebuilt(t *testing.T, p *Policy, list []json.RawMessage) *Policy {
	var text []string
	for _, s := range list {
		text = append(text, string(s))
	}
	q, err := Compile(wrap(p.Document().Version, strings.Join(text, ",")), p.Kind(), p.Origin())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// extended adds a statement to the n-th policy, if there is one.
func extended(t *testing.T, pol *Policies, n int, statement string) *Policies {
	return mapPolicies(pol, func(p *Policy) *Policy {
		if n--; n != -1 {
			return p
		}
		return rebuilt(t, p, append(rawStatements(t, p), json.RawMessage(statement)))
	})
}
