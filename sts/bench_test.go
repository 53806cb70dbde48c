package sts_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/persistence/badgerstore"
	"github.com/understudy-iam/understudy/persistence/memstore"
)

// onEach runs a benchmark on each engine.
func onEach(b *testing.B, f func(*testing.B, *world)) {
	b.Run("memstore", func(b *testing.B) { f(b, newWorldOn(b, memstore.New())) })
	b.Run("badgerstore", func(b *testing.B) {
		s, err := badgerstore.Open(badgerstore.Options{})
		if err != nil {
			b.Fatal(err)
		}
		f(b, newWorldOn(b, s))
	})
}

// BenchmarkLookup is what every request pays: a user's key, and a role session.
func BenchmarkLookup(b *testing.B) {
	onEach(b, func(b *testing.B, w *world) {
		session := w.mustAssume(w.ana(), toAudit()).Credentials
		for name, key := range map[string][2]string{
			"user": {w.anaKey, ""}, "role session": {*session.AccessKeyId, *session.SessionToken}, "root": {"test", ""},
		} {
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := w.credentials.Lookup(b.Context(), key[0], key[1], ""); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}

// BenchmarkAssumeRole authorizes and performs the call.
func BenchmarkAssumeRole(b *testing.B) {
	onEach(b, func(b *testing.B, w *world) {
		for name, change := range map[string]func(*sts.AssumeRoleInput){
			"plain":  func(*sts.AssumeRoleInput) {},
			"policy": func(in *sts.AssumeRoleInput) { in.Policy = aws.String(allow("s3:GetObject")) },
		} {
			b.Run(name, func(b *testing.B) {
				ctx, in := w.ana(), toAudit()
				change(in)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := w.assume(ctx, in); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	})
}
