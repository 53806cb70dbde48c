package authz_test

import (
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// BenchmarkAuthorize decides a user's call: two inline policies, an attached
// one, and a group with one of each.
func BenchmarkAuthorize(b *testing.B) {
	statement := `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::bucket/${aws:username}/*"}`
	filler := `{"Version":"2012-10-17","Statement":[` + strings.Repeat(statement+",", 5) + statement + `]}`
	s := newState(b)
	s.inline(anaID, "one", filler)
	s.inline(anaID, "two", filler)
	s.attach(anaID, "three", s.managed("three", filler))
	s.inline(devsID, "four", filler)
	s.attach(devsID, "five", s.managed("five", allow("iam:Get*")))
	run := func(name string, who principal.Principal, change ...func(*authz.Options)) {
		b.Run(name, func(b *testing.B) {
			a, ctx, in := s.authorizer(change...), as(who), getBob()
			b.ReportAllocs()
			for b.Loop() {
				if err := a.Authorize(ctx, "GetUser", in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("user", ana())
	run("user recorded", ana(), func(o *authz.Options) { o.Observe = func(*principal.Caller, *authz.Decision) {} })
	run("root", root())
}
