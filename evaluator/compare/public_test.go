package compare_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/compare"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	everybody := func(condition string) string {
		return statement("Allow", "s3:GetObject", bucket+"/*", `"Principal":"*"`, `"Condition":{`+condition+`}`)
	}
	nobody := func(condition string) string {
		return statement("Deny", "s3:*", "*", `"Principal":"*"`, `"Condition":{`+condition+`}`)
	}
	all := everybody("")
	const public = "s3:GetObject arn:aws:s3:::reports/"
	const tls = `"Bool":{"aws:SecureTransport":"true"}`
	for _, c := range []struct {
		name       string
		statements []string
		want       string
	}{
		{"everybody", []string{all}, public},
		{"one account", []string{statement("Allow", "s3:GetObject", bucket+"/*", `"Principal":{"AWS":"999999999999"}`)}, ""},
		{"all but one account", []string{statement("Allow", "s3:GetObject", bucket+"/*", `"NotPrincipal":{"AWS":"999999999999"}`)}, public},
		{"one organization", []string{everybody(`"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}`)}, ""},
		{"a key in other letters", []string{everybody(`"StringEquals":{"AWS:principalorgid":"o-abcdefghij"}`)}, ""},
		{"an organization if it is said", []string{everybody(`"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abcdefghij"}`)}, public},
		{"an organization if it is said, and it is said", []string{everybody(`"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abcdefghij"},` +
			`"Null":{"aws:PrincipalOrgID":"false"}`)}, ""},
		{"some organization", []string{everybody(`"Null":{"aws:PrincipalOrgID":"false"}`)}, public},
		{"all but an organization", []string{everybody(`"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}`)}, public},
		{"a pattern of organizations", []string{everybody(`"StringLike":{"aws:PrincipalOrgID":"o-a*"}`)}, public},
		{"an organization, or all", []string{everybody(`"StringLike":{"aws:PrincipalOrgID":["o-abcdefghij","*"]}`)}, public},
		{"the organization of the resource", []string{everybody(`"StringEquals":{"aws:PrincipalOrgID":"${aws:ResourceOrgID}"}`)},
			public + " not proved"},
		{"accounts by number", []string{everybody(`"NumericGreaterThan":{"aws:PrincipalAccount":"0"}`)}, public},
		{"a network, as AWS shows", []string{everybody(`"StringLike":{"aws:SourceVpc":"vpc-*"}`)}, public},
		{"the network, as AWS shows", []string{everybody(`"StringEquals":{"aws:SourceVpc":"vpc-91237329"}`)}, ""},
		{"all addresses", []string{everybody(`"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`)}, public},
		{"half of all addresses, as AWS shows", []string{everybody(`"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}`)}, public},
		{"a narrow network and a broad one", []string{everybody(`"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2000::/3"]}`)}, public},
		{"networks", []string{everybody(`"IpAddress":{"aws:SourceIp":["203.0.113.0/24","10.0.0.0/8","2001:db8::/32","192.0.2.1"]}`)}, ""},
		{"all but a network", []string{everybody(`"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`)}, public},
		{"access points of an account, as AWS shows", []string{everybody(
			`"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:123456789012:accesspoint/*"}`)}, ""},
		{"access points of any account", []string{everybody(
			`"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:*:accesspoint/*"}`)}, public},
		{"one of some paths", []string{everybody(`"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"o-a/r-b/ou-c/"}`)}, ""},
		{"none but some paths", []string{everybody(`"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-a/r-b/ou-c/"}`)}, public},
		{"none but some paths, and some", []string{everybody(`"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-a/r-b/ou-c/"},` +
			`"Null":{"aws:PrincipalOrgPaths":"false"}`)}, ""},
		{"with TLS", []string{everybody(tls)}, public},
		{"an external ID", []string{everybody(`"StringEquals":{"sts:ExternalId":"x"}`)}, public},
		{"two statements", []string{everybody(`"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}`), everybody(tls)}, public},

		{"denied to everybody", []string{all, nobody("")}, ""},
		{"denied to other organizations", []string{all, nobody(`"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}`)}, ""},
		{"denied to other organizations, or none", []string{all, nobody(`"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-abcdefghij"}`)}, ""},
		{"denied to an organization", []string{all, nobody(`"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}`)}, public},
		{"denied to other accounts", []string{all, nobody(`"StringNotEquals":{"aws:PrincipalAccount":["111122223333","444455556666"]}`)}, ""},
		{"denied to accounts but of a pattern", []string{all, nobody(`"StringNotLike":{"aws:PrincipalAccount":["111122223333","4*"]}`)}, public},
		{"denied to other endpoints", []string{all, nobody(`"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}`)}, ""},
		{"denied to other networks", []string{all, nobody(`"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32"]}`)}, ""},
		{"denied to all but a broad network", []string{all, nobody(`"NotIpAddress":{"aws:SourceIp":"0.0.0.0/1"}`)}, public},
		{"denied to a network", []string{all, nobody(`"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`)}, public},
		{"denied to other roles", []string{all, nobody(`"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/app"}`)}, ""},
		{"denied to IDs that are no ARNs", []string{all, nobody(`"ArnNotEquals":{"aws:userid":"arn:aws:iam::111122223333:role/app"}`)}, public},
		{"denied where no path is of the organization", []string{all,
			nobody(`"ForAllValues:StringNotEquals":{"aws:PrincipalOrgPaths":"o-a/r/"}`)}, ""},
		{"denied where some path is not of the organization", []string{all,
			nobody(`"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgPaths":"o-a/r/"}`)}, public},
		{"denied so, and without a path", []string{all, nobody(`"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgPaths":"o-a/r/"}`),
			nobody(`"Null":{"aws:PrincipalOrgPaths":"true"}`)}, ""},
		{"denied by an operator that no list of values meets", []string{all,
			nobody(`"StringNotEquals":{"aws:PrincipalOrgPaths":"o-a/r/"}`)}, public},
		{"denied to who is in neither an organization nor an account", []string{all, nobody(
			`"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij","aws:PrincipalAccount":"111122223333"}`)}, ""},
		{"denied to other organizations with TLS", []string{all,
			nobody(`"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"},` + tls)}, public},
		{"denied to other organizations with TLS, and without TLS", []string{all,
			nobody(`"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"},` + tls), nobody(`"BoolIfExists":{"aws:SecureTransport":"false"}`)}, ""},
		{"allowed with TLS, and denied to other organizations with TLS", []string{everybody(tls),
			nobody(`"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"},` + tls)}, ""},
		{"denied on other resources", []string{all, statement("Deny", "s3:*", "arn:aws:s3:::others/*", `"Principal":"*"`,
			`"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}`)}, public},
		{"denied on some resources", []string{all, statement("Deny", "s3:*", bucket+"/a*", `"Principal":"*"`,
			`"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}`)}, public},
		{"denied of another action", []string{all, statement("Deny", "s3:PutObject", "*", `"Principal":"*"`,
			`"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}`)}, public},
		{"denied to an account of other organizations", []string{all, statement("Deny", "s3:*", "*", `"Principal":{"AWS":"111122223333"}`,
			`"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}`)}, public},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			grants, err := compare.Public(document(t, c.statements...), compare.Access{}, evaluator.Resource)
			if err != nil {
				t.Fatal(err)
			}
			checkFirst(t, grants, c.want)
		})
	}
}

// What a policy of a role lets everybody do counts only if it is asked about.
func TestPublicAccess(t *testing.T) {
	t.Parallel()
	doc := document(t, statement("Allow", "sts:AssumeRole", "", `"Principal":{"AWS":"111122223333"}`),
		statement("Allow", "sts:TagSession", "", `"Principal":"*"`))
	for want, of := range map[string]compare.Access{
		"":                 {Actions: []string{"sts:AssumeRole*"}},
		"sts:TagSession *": {},
	} {
		grants, err := compare.Public(doc, of, evaluator.Trust)
		if err != nil {
			t.Fatal(err)
		}
		checkFirst(t, grants, want)
	}
	long := compare.Access{Actions: []string{strings.Repeat("a", 1<<20)}}
	if grants, err := compare.Public(doc, long, evaluator.Trust); err == nil {
		t.Errorf("of a long action: %v", grants)
	}
}

// In the policy of an access point a pattern of access points is not fixed, as AWS's page says.
func TestPublicAccessPoint(t *testing.T) {
	t.Parallel()
	for want, arn := range map[string]string{
		"":                                   "arn:aws:s3:us-west-2:123456789012:accesspoint/reports",
		"s3:GetObject arn:aws:s3:::reports/": "arn:aws:s3:us-west-2:123456789012:accesspoint/*",
	} {
		doc := document(t, statement("Allow", "s3:GetObject", bucket+"/*", `"Principal":"*"`,
			`"Condition":{"StringLike":{"s3:DataAccessPointArn":"`+arn+`"}}`))
		grants, err := compare.PublicAccessPoint(doc, compare.Access{})
		if err != nil {
			t.Fatal(err)
		}
		checkFirst(t, grants, want)
	}
}

// open are conditions of random policies, and strange the values of their keys that no
// policy has as a fixed value. An empty list is the absence of the key.
var (
	open = []string{
		`"StringEquals":{"aws:PrincipalOrgID":"o-a"}`, `"StringNotEquals":{"aws:PrincipalOrgID":"o-a"}`,
		`"StringEqualsIfExists":{"aws:PrincipalOrgID":["o-a","o-b"]}`, `"StringNotEqualsIfExists":{"aws:PrincipalOrgID":["o-a","o-b"]}`,
		`"StringLike":{"aws:PrincipalOrgID":["o-a","o-x*"]}`, `"StringNotLike":{"aws:PrincipalOrgID":["o-a","o-x*"]}`,
		`"Null":{"aws:PrincipalOrgID":"true"}`, `"Null":{"aws:PrincipalOrgID":"false"}`,
		`"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-a"}`, `"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgID":"o-a"}`,
		`"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}`, `"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}`,
		`"IpAddress":{"aws:SourceIp":"128.0.0.0/1"}`, `"NotIpAddress":{"aws:SourceIp":"128.0.0.0/1"}`,
		`"NotIpAddressIfExists":{"aws:SourceIp":"10.0.0.0/8"}`, `"IpAddressIfExists":{"aws:SourceIp":"10.0.0.0/8"}`,
		`"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"p"}`, `"ForAllValues:StringNotEquals":{"aws:PrincipalOrgPaths":"p"}`,
		`"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"p"}`, `"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgPaths":"p"}`,
		`"StringNotEquals":{"aws:PrincipalOrgPaths":"p"}`, `"Null":{"aws:PrincipalOrgPaths":"true"}`, `"Null":{"aws:PrincipalOrgPaths":"false"}`,
		`"Bool":{"aws:SecureTransport":"true"}`, `"Bool":{"aws:SecureTransport":"false"}`, `"BoolIfExists":{"aws:SecureTransport":"false"}`,
		`"NumericGreaterThan":{"aws:PrincipalOrgID":"0"}`,
	}
	strange = []struct {
		key    string
		multi  bool
		values [][]string
	}{
		{"aws:PrincipalOrgID", false, [][]string{{}, {"o-x"}, {"1"}}},
		{"aws:SourceIp", false, [][]string{{}, {"192.0.2.1"}, {"11.0.0.1"}}},
		{"aws:PrincipalOrgPaths", true, [][]string{{}, {"q"}, {"q", "r"}}},
		{"aws:SecureTransport", false, [][]string{{}, {"true"}, {"false"}}},
	}
	fixedValues = []string{"o-a", "o-b", "10.", "203.0.113.", "p"}
)

// TestPublicIsSound looks at random policies: where they are said not to be public, no
// stranger is let in, by the decisions of the evaluator; and each example is one.
func TestPublicIsSound(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	var contexts []*evaluator.Context
	for n := range 81 {
		c := &evaluator.Context{}
		for _, k := range strange {
			v := k.values[n%3]
			n /= 3
			switch {
			case len(v) > 0 && k.multi:
				c.SetMulti(k.key, v...)
			case len(v) > 0:
				c.Set(k.key, v[0])
			}
		}
		contexts = append(contexts, c)
	}
	closed, shown := 0, 0
	for range 2500 {
		source := randomOpen(r)
		doc, err := evaluator.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		grants, err := compare.Public(doc, compare.Access{}, evaluator.Resource)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range grants {
			if g.Proved {
				shown++
				checkStranger(t, source, &g)
			}
		}
		if len(grants) == 0 {
			closed++
			in := lets(t, source)
			for _, c := range contexts {
				for _, p := range strangers {
					if in(&evaluator.Request{Principal: p, Action: "s3:GetObject", Resource: bucket, Context: c}) {
						t.Fatalf("%s\nis said not to be public, and %+v is let in with %v", source, p, c.Names())
					}
				}
			}
		}
	}
	if closed < 250 || shown < 250 {
		t.Errorf("%d policies are closed and %d examples shown; the policies are not random enough", closed, shown)
	}
}

var strangers = []evaluator.Principal{
	{}, {Kind: evaluator.Service, Service: "x.amazonaws.com"},
	{Kind: evaluator.User, Account: "999988887777", ARN: "arn:aws:iam::999988887777:user/x", EntityARN: "arn:aws:iam::999988887777:user/x"},
}

// randomOpen is a policy that allows everybody, under conditions, and denies under others.
func randomOpen(r *rand.Rand) string {
	var list []string
	for i := range 1 + r.IntN(4) {
		effect, conditions := "Allow", []string{}
		if i > 0 && r.IntN(4) > 0 {
			effect = "Deny"
		}
		seen := map[string]bool{}
		for range r.IntN(4 - i/2) {
			k := pick(r, open)
			if operator, _, _ := strings.Cut(k, ":{"); !seen[operator] {
				seen[operator] = true
				conditions = append(conditions, k)
			}
		}
		list = append(list, fmt.Sprintf(`{"Effect":%q,"Principal":"*","Action":"s3:GetObject","Resource":%q,"Condition":{%s}}`, effect,
			bucket, strings.Join(conditions, ",")))
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

// checkStranger decides the example by itself: it is let in, and has no fixed value.
func checkStranger(t *testing.T, source string, g *compare.Grant) {
	t.Helper()
	r := &evaluator.Request{Principal: g.Caller.Principal, Action: g.Action, Resource: g.Resource, Context: &evaluator.Context{}}
	for _, v := range g.Context {
		for _, value := range v.Values {
			for _, fixed := range fixedValues {
				if strings.HasPrefix(value, fixed) {
					t.Errorf("%s\nis shown by a request with the fixed value %s of %s", source, value, v.Key)
				}
			}
		}
		if v.Multi {
			r.Context.SetMulti(v.Key, v.Values...)
		} else {
			r.Context.Set(v.Key, v.Values[0])
		}
	}
	if !lets(t, source)(r) {
		t.Errorf("%s\ndoes not let in the example %+v", source, g)
	}
}

// lets decides requests by the policy of a resource of another account.
func lets(t *testing.T, source string) func(*evaluator.Request) bool {
	t.Helper()
	everything, err := evaluator.Compile(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
		evaluator.Identity, evaluator.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := evaluator.Compile(source, evaluator.Resource, evaluator.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	return func(r *evaluator.Request) bool {
		r.ResourceAccount = "111122223333"
		return evaluator.Decide(r, &evaluator.Policies{Resource: p, Identity: []*evaluator.Policy{everything}})
	}
}
