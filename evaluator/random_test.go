package evaluator

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
)

// dice makes random documents and requests from small vocabularies, so that they
// often match.
type dice struct {
	*rand.Rand
	compiled map[string]*compiled // by kind and document; nil means that nothing is kept
}

func newDice(seed uint64) dice {
	return dice{Rand: rand.New(rand.NewPCG(seed, seed^0x9E3779B97F4A7C15))}
}

// throws are dice whose throws are the bytes of a fuzzer, so that a change of one
// byte changes one choice. After the last byte they are random.
type throws struct {
	bytes []byte
	rest  *rand.PCG
}

// thrownDice returns dice that keep what they compile for the next dice: a fuzzer
// makes most documents many times.
func thrownDice(bytes []byte, kept map[string]*compiled) dice {
	if len(kept) > maxKept {
		clear(kept)
	}
	return dice{rand.New(&throws{bytes, rand.NewPCG(1, 2)}), kept}
}

// maxKept is the largest number of documents to keep; each takes one or two
// kilobytes.
const maxKept = 10_000

// Uint64 repeats a byte, so that its high and its low bits both count.
func (t *throws) Uint64() uint64 {
	if len(t.bytes) == 0 {
		return t.rest.Uint64()
	}
	b := t.bytes[0]
	t.bytes = t.bytes[1:]
	return uint64(b) * 0x0101_0101_0101_0101
}

func (d dice) one(list ...string) string { return list[d.IntN(len(list))] }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// some returns the JSON of a scalar or of a list of up to three.
func (d dice) some(pick func() string) string {
	if d.chance(60) {
		return quoted(pick())
	}
	list := "["
	for i := range d.IntN(4) {
		if i > 0 {
			list += ","
		}
		list += quoted(pick())
	}
	return list + "]"
}

// quoted returns the JSON of a word from our vocabularies, none of which needs
// escapes.
func quoted(word string) string { return `"` + word + `"` }

func (d dice) action() string {
	return d.one("iam:GetUser", "iam:ListUsers", "s3:GetObject", "s3:PutObject", "sts:AssumeRole", "IAM:getuser")
}

func (d dice) actionPattern() string {
	if d.chance(40) {
		return d.action()
	}
	return d.one("*", "*", "iam:*", "s3:Get*", "IAM:get*", "s3:?etObject", "*:Get*", "s?:*", "iam:*User*", "GetUser", "sts:*", "*et*")
}

func (d dice) resource() string {
	return d.one("*", "arn:aws:iam::111122223333:user/ana", "arn:aws:iam::111122223333:user/x/ana", "arn:aws:s3:::bucket/ana/key",
		"arn:aws:s3:::bucket", "arn:aws:sqs:us-east-1:111122223333:queue", "arn:aws:logs:us-east-1:111122223333:log-group:g:*",
		"arn:aws:iam::444455556666:role/ana", "arn:aws:s3:::𐐀é", "")
}

func (d dice) resourcePattern() string {
	if d.chance(30) {
		return d.resource()
	}
	return d.one("*", "*", "arn:aws:iam::*:user/*", "arn:aws:s3:::bucket/${aws:username}/*", "arn:aws:s3", "arn:aws:iam::*",
		"arn:aws:*:*:111122223333:*", "arn:aws:logs:*:log-group:*", "arn:aws:iam::111122223333:user/${x:none}",
		"arn:aws:iam::111122223333:user/${x:none, 'ana'}",
		"arn:*:s?:::b*t", "arn:aws:s3:::??é", "arn:aws:s3:::???", "${x:arn}", "arn:aws:${x:arn}",
		"arn:aws:iam::${aws:PrincipalAccount}:user/ana",
		"arn:aws:sqs:*:queue", "bucket", "arn:aws:s3:::bucket/${aws:TagKeys}", "arn:aws:s3:::bucket/${*}/x", "arn:aws:i*:*:user/ana",
		"arn:aws:iam::*:*:ana")
}

// value returns a value of a condition key, for a policy or a request.
func (d dice) value() string {
	return d.one("a", "A", "ana", "", "true", "TRUE", "false", "1", "01.0", "-2.5", "1e1", "10", "x", "NaN",
		"2030-01-01T00:00:00Z", "1893456000", "2030-01-01", "2030-01-01T01:00+01:00", "2029-12-31t23:59:59.9999Z", "2030", "soon",
		"192.0.2.1", "192.0.2.77", "::ffff:192.0.2.1", "2001:db8::1", "2001:db8:::1", "2001:db8::192.0.2.1", "192.000.002.1",
		"arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::111122223333:user/ana", "arn:aws:s3:::bucket/a:b", "arn:aws",
		"YQ==", "YR==", "ß", "ẞ", "ΑΣ", "ας", "𐐀", "İ", "i̇", "K", "k", "t1", "team")
}

func (d dice) policyValue() string {
	if d.chance(50) {
		return d.value()
	}
	return d.one("*", "a*", "?", "??", "*a", "a?a", "${aws:username}", "${aws:username}*", "${x:none}", "${x:none, 'ana'}",
		"${aws:TagKeys}",
		"${aws:TagKeys, 'a'}", "${*}", "${?}a", "${x y}", "${", "${AWS:UserName}", "192.0.2.0/24", "192.0.2.5/+24", "0.0.0.0/0", "::/0",
		"2001:db8::/32",
		"2001:db8::1/64", "300.1.1.1", "192.0.2.0/33", "arn:aws:iam::*:role/*", "arn:*:*:*:*:*", "arn:aws:iam::111122223333:*/ana",
		"not-an-arn", "${x:arn}",
		"arn:aws:iam::${aws:PrincipalAccount}:user/ana", "ana${$}", "2030-13-01", "9223372036854775807")
}

func (d dice) key() string {
	return d.one("aws:username", "AWS:UserName", "aws:TagKeys", "aws:PrincipalTag/team", "aws:PrincipalArn", "aws:SourceIp", "x:any",
		"x:any", "x:list", "x:none", "x:arn", "x:empty")
}

// operatorNames holds Null twice.
var operatorNames = append([]string{"Null"}, slices.Sorted(maps.Keys(operators))...)

func (d dice) operator() string {
	name := d.one(operatorNames...)
	if name != "Null" && d.chance(25) {
		name += "IfExists"
	}
	if d.chance(30) {
		name = d.one("ForAnyValue:", "ForAllValues:") + name
	}
	return name
}

// member is a member of a JSON object.
type member struct{ name, value string }

// object returns the JSON of an object; of two members with one name the last
// counts.
func object(members ...member) string {
	var b strings.Builder
	for i, m := range members {
		if slices.ContainsFunc(members[i+1:], func(n member) bool { return n.name == m.name }) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + m.name + `":` + m.value)
	}
	return "{" + b.String() + "}"
}

func (d dice) principal() string {
	if d.chance(25) {
		return `"*"`
	}
	var list []member
	for range d.IntN(3) {
		switch d.IntN(5) {
		case 0:
			list = append(list, member{"Service", d.some(func() string { return d.one("ec2.amazonaws.com", "lambda.amazonaws.com") })})
		case 1:
			list = append(list, member{"Federated", d.some(func() string { return d.one("accounts.google.com", "*") })})
		case 2:
			list = append(list, member{"CanonicalUser", `"c0ffee"`})
		default:
			list = append(list, member{"AWS", d.some(func() string {
				return d.one("*", testAccount, "arn:aws:iam::111122223333:root", "arn:aws-cn:iam::111122223333:root", otherAccount,
					"arn:aws:iam::111122223333:user/ana",
					"arn:aws:iam::111122223333:role/deploy", "arn:aws:sts::111122223333:assumed-role/deploy/s",
					"arn:aws:sts::111122223333:federated-user/bob",
					"AIDAANA", "AROADEPLOY", "nobody")
			})})
		}
	}
	return object(list...)
}

func (d dice) statement(kind Kind) string {
	s := []member{{"Effect", quoted(d.one("Allow", "Allow", "Allow", "Deny"))}}
	if !d.chance(3) {
		s = append(s, member{d.one("Action", "Action", "Action", "NotAction"), d.some(d.actionPattern)})
	}
	if kind != Trust && !d.chance(3) {
		s = append(s, member{d.one("Resource", "Resource", "Resource", "NotResource"), d.some(d.resourcePattern)})
	}
	if kind == Resource || kind == Trust || kind == VPCEndpoint || kind == RCP || d.chance(2) {
		if !d.chance(5) {
			s = append(s, member{d.one("Principal", "Principal", "Principal", "NotPrincipal"), d.principal()})
		}
	}
	if d.chance(45) {
		s = append(s, member{"Condition", d.conditions()})
	}
	return object(s...)
}

// conditions returns one or two conditions; two may have the same operator.
func (d dice) conditions() string {
	op, of := d.operator(), member{d.key(), d.some(d.policyValue)}
	if d.chance(50) {
		return object(member{op, object(of)})
	}
	other, second := d.operator(), member{d.key(), d.some(d.policyValue)}
	if op == other {
		return object(member{op, object(of, second)})
	}
	return object(member{op, object(of)}, member{other, object(second)})
}

func (d dice) document(kind Kind) string {
	n := 1 + d.IntN(3)
	if d.chance(20) {
		n += 4 // enough for an index
	}
	var list []string
	for range n {
		list = append(list, d.statement(kind))
	}
	if d.chance(30) {
		list = append(list, `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`)
	}
	return wrap(d.one(Version2012, Version2012, Version2012, Version2008, ""), strings.Join(list, ","))
}

func (d dice) policy(tb testing.TB, kind Kind) *Policy {
	return d.compile(tb, d.document(kind), kind, Origin{ID: kind.String() + "-" + strconv.Itoa(d.IntN(1000))})
}

func (d dice) compile(tb testing.TB, src string, kind Kind, origin Origin) *Policy {
	id := kind.String() + src
	if known, ok := d.compiled[id]; ok {
		return &Policy{origin, known}
	}
	p, err := Compile(src, kind, origin)
	if err != nil {
		tb.Fatalf("%v\n%s", err, src)
	}
	if d.compiled != nil {
		d.compiled[id] = p.compiled
	}
	return p
}

func (d dice) list(tb testing.TB, kind Kind, most int) []*Policy {
	var list []*Policy
	for range d.IntN(most + 1) {
		list = append(list, d.policy(tb, kind))
	}
	return list
}

func (d dice) levels(tb testing.TB, kind Kind) [][]*Policy {
	if d.chance(80) {
		return nil
	}
	all := d.compile(tb, wrap(Version2012, `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`), kind, Origin{ID: "test"})
	levels := [][]*Policy{}
	for range 1 + d.IntN(2) {
		level := d.list(tb, kind, 1)
		if d.chance(70) {
			level = append(level, all)
		}
		levels = append(levels, level)
	}
	return levels
}

func (d dice) policies(tb testing.TB) *Policies {
	p := &Policies{
		Identity: d.list(tb, Identity, 2), SCP: d.levels(tb, SCP), RCP: d.levels(tb, RCP),
		SessionRequired: d.chance(5), ResourceRule: ResourceRule(max(0, d.IntN(6)-3)),
		SCPExempt: Exemption(max(0, d.IntN(20)-17)), RCPExempt: Exemption(max(0, d.IntN(20)-16)),
	}
	if d.chance(30) {
		p.Boundary = d.policy(tb, Boundary)
	}
	if d.chance(30) {
		p.Session = d.list(tb, Session, 2)
	}
	if d.chance(20) {
		p.Limits = d.list(tb, Session, 3)
	}
	if d.chance(50) {
		p.Resource = d.policy(tb, d.resourceKind())
	}
	if d.chance(10) {
		p.VPCEndpoint = d.policy(tb, VPCEndpoint)
	}
	return p
}

func (d dice) resourceKind() Kind {
	if d.chance(70) {
		return Resource
	}
	return Trust
}

func (d dice) caller() Principal {
	ana := "arn:aws:iam::111122223333:user/ana"
	deploy := Principal{
		Kind: RoleSession, Account: testAccount, ARN: "arn:aws:sts::111122223333:assumed-role/deploy/s",
		EntityARN: "arn:aws:iam::111122223333:role/deploy", EntityID: "AROADEPLOY", CanonicalID: "c0ffee",
	}
	user := Principal{Kind: User, Account: testAccount, ARN: ana, EntityARN: ana, EntityID: "AIDAANA"}
	switch d.IntN(12) {
	case 0:
		return Principal{Kind: Root, Account: testAccount, ARN: "arn:aws:iam::111122223333:root", CanonicalID: "c0ffee"}
	case 1:
		return Principal{Kind: Service, Service: "ec2.amazonaws.com"}
	case 2:
		return Principal{Kind: WebIdentity, Federated: "accounts.google.com"}
	case 3:
		return Principal{Kind: SAML, Federated: "accounts.google.com"}
	case 4:
		return Principal{}
	case 5, 6:
		return Principal{Kind: FederatedUser, Account: testAccount, ARN: "arn:aws:sts::111122223333:federated-user/bob", EntityARN: ana,
			EntityID: "AIDAANA"}
	case 7, 8, 9:
		return deploy
	}
	return user
}

func (d dice) request() *Request {
	req := &Request{
		Principal: d.caller(), Action: d.action(), Resource: d.resource(),
		Mode: Mode(max(0, d.IntN(4)-2)), ForeignResourceType: d.chance(2),
	}
	if d.chance(25) {
		req.ResourceAccount = d.one(testAccount, otherAccount)
	}
	if d.chance(3) {
		return req
	}
	var c Context
	for _, key := range []string{
		"aws:username", "aws:PrincipalTag/team", "aws:SourceIp", "x:any", "x:arn", "aws:PrincipalArn", "aws:PrincipalAccount",
	} {
		switch {
		case d.chance(60):
			c.Set(key, d.value())
		case d.chance(10):
			c.SetDefault(key, d.value())
		}
	}
	c.Set("x:empty", "")
	for _, key := range []string{"aws:TagKeys", "x:list"} {
		if d.chance(70) {
			var values []string
			for range d.IntN(4) {
				values = append(values, d.value())
			}
			c.SetMulti(key, values...)
		}
	}
	req.Context = &c
	return req
}

// requestsPerSet is how many requests are decided with one random set of policies.
const requestsPerSet = 25

// compareRandom checks one random set of policies with some requests, and counts
// how often each decision came up.
func compareRandom(t testing.TB, d dice, requests int) (count [3]int) {
	pol := d.policies(t)
	var r Result
	for range requests {
		req := d.request()
		Evaluate(req, pol, &r)
		count[r.Decision]++
		if diff := naiveDiff(req, pol, &r); diff != "" {
			t.Fatalf("the evaluators differ%s\nrequest: %+v\n%s", diff, *req, describe(req, pol))
		}
	}
	return count
}

// describe prints what a failing random case is made of.
func describe(req *Request, pol *Policies) string {
	var b strings.Builder
	if req.Context != nil {
		for _, k := range req.Context.keys {
			fmt.Fprintf(&b, "%s = %q multi %v\n", k.name, k.values, k.multi)
		}
	}
	show := func(p *Policy) {
		if p != nil {
			fmt.Fprintf(&b, "%s %s: %s\n", p.Kind(), p.Origin().ID, p.Document().Source())
		}
	}
	for _, list := range append(append([][]*Policy{pol.Identity, pol.Session, pol.Limits}, pol.SCP...), pol.RCP...) {
		for _, p := range list {
			show(p)
		}
	}
	show(pol.Boundary)
	show(pol.Resource)
	show(pol.VPCEndpoint)
	return b.String()
}

// requests is how many random requests are compared. "make fuzz" asks for more, and
// "make torture" continues until its time is over.
var requests = flag.Int("requests", 8_000, "how many random requests to compare with the naive evaluator")

// TestRandomRequestsAgree compares the evaluator with the naive one on random
// requests, the same in every run.
func TestRandomRequestsAgree(t *testing.T) {
	t.Parallel()
	var count [3]int
	total := 0
	for seed := range testkit.Rounds(t, *requests/requestsPerSet, 2*time.Second) {
		total += requestsPerSet
		for i, n := range compareRandom(t, newDice(uint64(seed)), requestsPerSet) {
			count[i] += n
		}
	}
	t.Logf("implicit denials %d, allowed %d, explicit denials %d", count[ImplicitDeny], count[Allowed], count[ExplicitDeny])
	for d, n := range count {
		if n < total/20 {
			t.Errorf("only %d of %d random requests end as %v", n, total, Decision(d))
		}
	}
}
