package compare_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
)

// small is the alphabet of random documents.
var small = struct {
	actions, resources, conditions []string
}{
	actions: []string{"s3:GetObject", "s3:Get*", "s3:*", "*", "iam:GetUser", "iam:*User", "s3:GetObjectAc?"},
	resources: []string{
		"*", "arn:aws:s3:::*", "arn:aws:s3:::a", "arn:aws:s3:::a*", "arn:aws:s3:::?b", "arn:aws:s3:::*b", "arn:aws:s3:::a?*",
		"arn:aws:s3:*",
		"arn:*:s3:::a", "arn:aws:s*:::b",
	},
	conditions: []string{
		`"StringEquals":{"aws:username":"a"}`, `"StringEquals":{"aws:username":["a","b"]}`, `"StringLike":{"aws:username":"a*"}`,
		`"StringNotEquals":{"aws:username":"a"}`, `"StringNotEqualsIfExists":{"aws:username":["a","b"]}`, `"Null":{"aws:username":"true"}`,
		`"Null":{"aws:username":"false"}`, `"Bool":{"aws:SecureTransport":"true"}`, `"Bool":{"aws:SecureTransport":"false"}`,
		`"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}`, `"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}`,
		`"NotIpAddress":{"aws:SourceIp":"10.1.0.0/16"}`,
		`"ForAllValues:StringEquals":{"aws:TagKeys":"a"}`, `"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}`,
		`"NumericLessThan":{"s3:max-keys":"5"}`, `"NumericLessThanEquals":{"s3:max-keys":"5"}`,
	},
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// randomDocument has up to three statements; every second document has no conditions.
func randomDocument(r *rand.Rand, conditions bool) string {
	var list []string
	for range 1 + r.IntN(3) {
		effect, action, resource, condition := "Allow", "Action", "Resource", ""
		if r.IntN(3) == 0 {
			effect = "Deny"
		}
		if r.IntN(6) == 0 {
			action = "NotAction"
		}
		if r.IntN(5) == 0 {
			resource = "NotResource"
		}
		if conditions && r.IntN(2) == 0 {
			condition = `,"Condition":{` + pick(r, small.conditions) + `}`
		}
		list = append(list, fmt.Sprintf(`{"Effect":%q,%q:[%q,%q],%q:[%q,%q]%s}`, effect, action, pick(r, small.actions),
			pick(r, small.actions),
			resource, pick(r, small.resources), pick(r, small.resources), condition))
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

// keys are the condition keys of the documents, with the values at which their conditions change.
var keys = []struct {
	name   string
	multi  bool
	values []string
}{
	{"aws:username", false, []string{"a", "b", "ab"}},
	{"aws:SecureTransport", false, []string{"true", "false"}},
	{"aws:SourceIp", false, []string{"10.1.0.1", "10.2.0.1", "11.0.0.1"}},
	{"aws:TagKeys", true, []string{"", "a", "a c", "b c"}},
	{"s3:max-keys", false, []string{"4", "5", "6"}},
}

// requestsOf gives the requests of brute force for a string: all short names, and all
// values of the keys that the text has.
func requestsOf() func(text string) []*evaluator.Request {
	known := map[string][]*evaluator.Request{}
	return func(text string) []*evaluator.Request {
		mentioned := ""
		for _, k := range keys {
			if strings.Contains(text, k.name) {
				mentioned += k.name + " "
			}
		}
		if known[mentioned] == nil {
			known[mentioned] = requests(mentioned)
		}
		return known[mentioned]
	}
}

func requests(mentioned string) []*evaluator.Request {
	contexts := []func(*evaluator.Context){func(*evaluator.Context) {}}
	for _, k := range keys {
		before := contexts
		for _, v := range k.values {
			for _, f := range before {
				if strings.Contains(mentioned, k.name) {
					contexts = append(contexts, func(c *evaluator.Context) {
						f(c)
						if k.multi {
							c.SetMulti(k.name, strings.Fields(v)...)
						} else {
							c.Set(k.name, v)
						}
					})
				}
			}
		}
	}
	var list []*evaluator.Request
	resources := []string{"*", "arn:x:s3:::a", "arn:aws:s3x:::b", "arn:aws:s3:r::x"}
	for _, name := range []string{"", "a", "b", "x", "ab", "bb", "aa", "axb"} {
		resources = append(resources, "arn:aws:s3:::"+name)
	}
	for _, f := range contexts {
		c := &evaluator.Context{}
		f(c)
		for _, action := range []string{
			"s3:GetObject", "s3:GetObjectAcl", "s3:PutObject", "iam:GetUser", "iam:GetRole", "ec2:RunInstances",
		} {
			for _, resource := range resources {
				list = append(list, &evaluator.Request{Action: action, Resource: resource, Context: c, Principal: evaluator.Principal{
					Kind: evaluator.User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/x",
					EntityARN: "arn:aws:iam::111122223333:user/x"}})
			}
		}
	}
	return list
}

func allows(t *testing.T, source string, r *evaluator.Request) bool {
	t.Helper()
	p, err := evaluator.Compile(source, evaluator.Identity, evaluator.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	return evaluator.Decide(r, &evaluator.Policies{Identity: []*evaluator.Policy{p}})
}

// TestBruteForce compares random pairs of documents: what all requests over a small alphabet
// show is found, and without conditions each answer is proved.
func TestBruteForce(t *testing.T) {
	t.Parallel()
	for _, conditions := range []bool{false, true} {
		t.Run(fmt.Sprintf("conditions %v", conditions), func(t *testing.T) {
			t.Parallel()
			all := requestsOf()
			r := rand.New(rand.NewPCG(1, 2))
			granting := 0
			for range 5000 {
				old, changed := randomDocument(r, conditions), randomDocument(r, conditions)
				grants := compared(t, old, changed, evaluator.Identity)
				if len(grants) > 0 {
					granting++
				}
				checkGrants(t, old, changed, grants, conditions)
				if len(grants) == 0 {
					checkNothing(t, old, changed, all(old+changed))
				}
				if t.Failed() {
					return
				}
			}
			if granting < 500 || granting > 4900 {
				t.Errorf("%d of the pairs grant something; the documents are not random enough", granting)
			}
		})
	}
}

func compared(t *testing.T, old, changed string, kind evaluator.Kind) []compare.Grant {
	t.Helper()
	a, err := evaluator.Parse(old)
	if err != nil {
		t.Fatal(err)
	}
	b, err := evaluator.Parse(changed)
	if err != nil {
		t.Fatal(err)
	}
	grants, err := compare.Compare(a, b, kind)
	if err != nil {
		t.Fatal(err)
	}
	return grants
}

// checkGrants decides the examples by itself.
func checkGrants(t *testing.T, old, changed string, grants []compare.Grant, conditions bool) {
	t.Helper()
	for _, g := range grants {
		if !g.Proved {
			if !conditions {
				t.Errorf("old %s\nnew %s\nstatement %d is not decided", old, changed, g.Statement)
			}
			continue
		}
		r := &evaluator.Request{Action: g.Action, Resource: g.Resource, Principal: g.Caller.Principal, Context: &evaluator.Context{}}
		for _, v := range g.Context {
			if v.Multi {
				r.Context.SetMulti(v.Key, v.Values...)
			} else {
				r.Context.Set(v.Key, v.Values[0])
			}
		}
		if !allows(t, changed, r) || allows(t, old, r) {
			t.Errorf("old %s\nnew %s\n%+v is not a new grant", old, changed, g)
		}
	}
}

// checkNothing looks for a request that is granted all the same.
func checkNothing(t *testing.T, old, changed string, all []*evaluator.Request) {
	t.Helper()
	a, _ := evaluator.Compile(old, evaluator.Identity, evaluator.Origin{})
	b, _ := evaluator.Compile(changed, evaluator.Identity, evaluator.Origin{})
	before, after := &evaluator.Policies{Identity: []*evaluator.Policy{a}}, &evaluator.Policies{Identity: []*evaluator.Policy{b}}
	for _, r := range all {
		if evaluator.Decide(r, after) && !evaluator.Decide(r, before) {
			t.Errorf("old %s\nnew %s\nnothing was found, and %s on %s with %v is granted", old, changed, r.Action, r.Resource,
				r.Context.Names())
			return
		}
	}
}
