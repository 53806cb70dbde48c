package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/audit"
	"github.com/understudy-iam/understudy/events"
)

// untidyAccount is a seed of an account in which the checks of hygiene find much: each policy
// has an older version that allows more and many may put it in force, keys are old, one user
// in five has a policy of its own and a permissions boundary, and trust policies let in others.
func untidyAccount(users, roles, policies int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "accounts:\n  - id: %q\n    policies:\n", account)
	for i := range policies {
		fmt.Fprintf(&b, "      - {name: p%d, lastVersion: 2, versions: [{id: v1, document: %s}, {id: v2, default: true, document: %s}]}\n", i,
			stating(fmt.Sprintf(`"Effect":"Allow","Action":["s3:*","sqs:*"],"Resource":"arn:aws:s3:::data%d/*"`, i)),
			stating(fmt.Sprintf(`"Effect":"Allow","Action":["s3:GetObject","sqs:SendMessage"],"Resource":"arn:aws:s3:::data%d/*"`, i)))
	}
	b.WriteString("    groups:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "      - {name: g%d, policies: [p%d, ReadOnlyAccess], inline: {own: %s}}\n", i, i%policies,
			stating(fmt.Sprintf(`"Effect":"Allow","Action":"iam:SetDefaultPolicyVersion","Resource":"arn:aws:iam::%s:policy/p%d"`, account, i%policies)))
	}
	b.WriteString("    users:\n")
	for i := range users {
		more := ""
		if i%5 == 0 {
			more = fmt.Sprintf(", boundary: SecurityAudit, policies: [p%d], inline: {own: %s}", i%policies,
				stating(fmt.Sprintf(`"Effect":"Allow","Action":["dynamodb:*","iam:CreateUser"],"Resource":"arn:aws:dynamodb:eu-west-1:%s:table/t%d"`, account, i)))
		}
		fmt.Fprintf(&b, "      - {name: u%d, createDate: 2026-01-01T00:00:00Z, groups: [g%d], accessKeys: [{secret: s, createDate: 2026-01-01T00:00:00Z}]%s}\n",
			i, i%100, more)
	}
	b.WriteString("    roles:\n")
	for i := range roles {
		fmt.Fprintf(&b, "      - {name: r%d, createDate: 2026-01-01T00:00:00Z, policies: [p%d], unknownPrincipals: true, trust: %s}\n", i, (i*7)%policies,
			stating(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::444455556666:root","Service":"lambda.amazonaws.com"}`))
	}
	return b.String()
}

// BenchmarkUntidy audits 5,000 users, 1,000 roles and 2,000 policies with much to find, and
// 50,000 calls of 100 days; it is to take at most 10 s and 500 MB on two cores.
func BenchmarkUntidy(b *testing.B) {
	w := newWorld(b, untidyAccount(5000, 1000, 2000))
	var calls []*events.Record
	for i := range 50_000 {
		r := &events.Record{
			EventTime: ago(100).Add(time.Duration(i) * time.Minute), EventSource: "s3.amazonaws.com", EventName: "GetObject",
			SourceIPAddress: "192.0.2.1", UserAgent: "aws-cli/2", RecipientAccountID: account, UserIdentity: ana,
		}
		r.UserIdentity.ARN = fmt.Sprintf("arn:aws:iam::%s:user/u%d", account, i%5000)
		r.UserIdentity.AccessKeyID = fmt.Sprint("AKIA", i%5000)
		calls = append(calls, r)
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := audit.Run(b.Context(), audit.Options{
			Store: w.store, Authorizer: w.authorizer, Account: account, Now: now, Calls: calls, Since: ago(100),
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(r.Findings)), "findings")
	}
}
