package evaluator

import (
	"fmt"
	"strings"
	"testing"
)

const administratorAccess = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*"
        }
    ]
}`

func mustCompile(tb testing.TB, src string, kind Kind) *Policy {
	tb.Helper()
	p, err := Compile(src, kind, Origin{ID: "test"})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// benchServices give the benchmark policies a usual mix of services.
var benchServices = []string{"s3", "ec2", "iam", "sqs", "sns", "kms", "lambda", "dynamodb", "logs", "cloudwatch"}

// benchStatement makes the n-th statement: lists of actions with and without
// wildcards, ARNs, variables, and a condition in every third one.
func benchStatement(n int) string {
	sv := benchServices[n%len(benchServices)]
	condition := ""
	if n%3 == 0 {
		condition = `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"t` + fmt.Sprint(n%7) +
			`"},"Bool":{"aws:SecureTransport":"true"}}`
	}
	return fmt.Sprintf(`{"Sid":"S%d","Effect":"Allow","Action":["%s:Get%d","%s:List*","%s:Describe%d*"],`+
		`"Resource":["arn:aws:%s:*:111122223333:thing-%d/*","arn:aws:%s:::home-%d/${aws:username}"]%s}`,
		n, sv, n%5, sv, sv, n%5, sv, n, sv, n, condition)
}

func benchPolicies(tb testing.TB, policies, statements int) []*Policy {
	var list []*Policy
	for p := range policies {
		var s []string
		for i := range statements {
			s = append(s, benchStatement(p*statements+i))
		}
		list = append(list, mustCompile(tb, `{"Version":"2012-10-17","Statement":[`+strings.Join(s, ",")+`]}`, Identity))
	}
	return list
}

func benchRequest(resource string) *Request {
	var c Context
	for _, kv := range [...][2]string{
		{"aws:CurrentTime", "2026-11-23T12:00:00Z"}, {"aws:EpochTime", "1795435200"}, {"aws:SecureTransport", "true"},
		{"aws:RequestedRegion", "us-east-1"}, {"aws:UserAgent", "test"}, {"aws:SourceIp", "192.0.2.1"},
		{"aws:userid", "AIDAAAAAAAAAAAAAAAAAA"}, {"aws:username", "ana"}, {"aws:PrincipalType", "User"},
		{"aws:PrincipalAccount", "111122223333"}, {"aws:PrincipalArn", "arn:aws:iam::111122223333:user/ana"},
		{"aws:PrincipalTag/team", "t3"}, {"aws:ViaAWSService", "false"}, {"aws:PrincipalIsAWSService", "false"},
	} {
		c.Set(kv[0], kv[1])
	}
	return &Request{
		Principal: Principal{
			Kind: User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/ana",
			EntityARN: "arn:aws:iam::111122223333:user/ana", EntityID: "AIDAAAAAAAAAAAAAAAAAA",
		},
		Action: "s3:GetObject", Resource: resource, Context: &c,
	}
}

func benchmark(b *testing.B, req *Request, policies *Policies) {
	b.Helper()
	var r Result
	Evaluate(req, policies, &r)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		Evaluate(req, policies, &r)
	}
}

func BenchmarkAdministratorAccess(b *testing.B) {
	benchmark(b, benchRequest("arn:aws:s3:::bucket/key"), &Policies{Identity: []*Policy{mustCompile(b, administratorAccess, Identity)}})
}

func Benchmark20PoliciesWith100Statements(b *testing.B) {
	req := benchRequest("arn:aws:s3:::home-40/ana")
	req.Action = "s3:ListBucket"
	benchmark(b, req, &Policies{Identity: benchPolicies(b, 20, 5)})
}

func Benchmark20PoliciesNothingMatches(b *testing.B) {
	req := benchRequest("arn:aws:s3:::nowhere/ana")
	req.Action = "s3:ListBucket"
	benchmark(b, req, &Policies{Identity: benchPolicies(b, 20, 5)})
}

func Benchmark10000Statements(b *testing.B) {
	req := benchRequest("arn:aws:s3:::home-4000/ana")
	req.Action = "s3:ListBucket"
	benchmark(b, req, &Policies{Identity: benchPolicies(b, 200, 50)})
}

// Benchmark10000StatementsOfOneAction is the worst case of the index: every
// statement applies to the action, and the resource decides.
func Benchmark10000StatementsOfOneAction(b *testing.B) {
	var list []*Policy
	for p := range 200 {
		var s []string
		for i := range 50 {
			s = append(s, fmt.Sprintf(`{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::bucket-%d/*"}`, p*50+i))
		}
		list = append(list, mustCompile(b, `{"Version":"2012-10-17","Statement":[`+strings.Join(s, ",")+`]}`, Identity))
	}
	benchmark(b, benchRequest("arn:aws:s3:::bucket-9999/key"), &Policies{Identity: list})
}

func BenchmarkEveryLayer(b *testing.B) {
	all := func(kind Kind) *Policy { return mustCompile(b, administratorAccess, kind) }
	resource := mustCompile(b, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}`,
		Resource)
	benchmark(b, benchRequest("arn:aws:s3:::bucket/key"), &Policies{
		Identity: []*Policy{all(Identity)}, Boundary: all(Boundary), Session: []*Policy{all(Session)}, Resource: resource,
		SCP: [][]*Policy{{all(SCP)}, {all(SCP)}, {all(SCP)}}, RCP: [][]*Policy{{all(RCP)}},
	})
}

// document6KB returns a document of 6,144 characters, the maximum of a managed
// policy.
func document6KB() string {
	var s []string
	size := 0
	for n := 0; size < 5700; n++ {
		s = append(s, benchStatement(n))
		size += len(s[n]) + 1
	}
	doc := `{"Version":"2012-10-17","Statement":[` + strings.Join(s, ",") + `]}`
	return doc + strings.Repeat(" ", 6144-len(doc))
}

func BenchmarkCompile6KB(b *testing.B) {
	src := document6KB()
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(src, Identity, Origin{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse6KB(b *testing.B) {
	src := document6KB()
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkContext(b *testing.B) {
	from := benchRequest("*").Context
	names := from.Names()
	var c Context
	b.ReportAllocs()
	for b.Loop() {
		c.Reset()
		for _, name := range names {
			c.Set(name, "value")
		}
	}
}
