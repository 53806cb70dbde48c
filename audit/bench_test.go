package audit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/audit"
)

// largeAccount is a seed of an account with many people: most have the policies of
// their groups, one in ten has a policy of its own, and one in a hundred some that
// methods take.
func largeAccount(users, roles, policies int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "accounts:\n  - id: %q\n    policies:\n", account)
	for i := range policies {
		fmt.Fprintf(&b, `      - {name: p%d, document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","dynamodb:*"],`+
			`"Resource":["arn:aws:s3:::data%d/*","*"]},{"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::%s:user/${aws:username}"}]}'}`+"\n",
			i, i, account)
	}
	b.WriteString("    groups:\n")
	const groups = 100
	for i := range groups {
		fmt.Fprintf(&b, "      - {name: g%d, policies: [p%d, p%d, ReadOnlyAccess]}\n", i, i%policies, (i+groups)%policies)
	}
	b.WriteString("      - {name: admins, policies: [AdministratorAccess]}\n    users:\n")
	for i := range users {
		more := ""
		switch {
		case i%100 == 1:
			more = `, inline: {own: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: ["iam:PassRole", "lambda:*", "iam:CreateLoginProfile"], Resource: "*"}]}}`
		case i%100 == 2:
			more = ", policies: [IAMFullAccess]"
		case i%100 == 3:
			more = `, inline: {own: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "*"}]}}`
		case i%10 == 4:
			more = fmt.Sprintf(", policies: [p%d]", i%policies)
		}
		fmt.Fprintf(&b, "      - {name: u%d, groups: [g%d]%s}\n", i, i%groups, more)
	}
	b.WriteString("    roles:\n")
	for i := range roles {
		policy, trust := fmt.Sprintf("p%d", (i*7)%policies), "Service: lambda.amazonaws.com"
		if i%50 == 1 {
			policy = "AdministratorAccess"
		}
		if i%3 == 0 {
			trust = "AWS: " + fmt.Sprintf("%q", account)
		}
		fmt.Fprintf(&b, "      - {name: r%d, policies: [%s], trust: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {%s}, Action: \"sts:AssumeRole\"}]}}\n",
			i, policy, trust)
	}
	return b.String()
}

// BenchmarkAudit audits 5,000 users, 1,000 roles and 2,000 policies, which is to take at
// most 10 s and 500 MB on two cores.
func BenchmarkAudit(b *testing.B) {
	w := newWorld(b, largeAccount(5000, 1000, 2000))
	b.ReportAllocs()
	for b.Loop() {
		r, err := audit.Run(b.Context(), audit.Options{Store: w.store, Authorizer: w.authorizer, Account: account, Now: now})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(r.Findings)), "findings")
		b.ReportMetric(float64(len(r.Paths)), "paths")
	}
}
