package sts_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/pquerna/otp/hotp"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/internal/teststore"
	"github.com/understudy-iam/understudy/persistence"
)

const (
	phone     = "arn:aws:iam::111122223333:mfa/phone"
	phoneSeed = "MZXW6YTBOJBGC6TRNZQXG5DSNFXGO43F"
)

// withPhone gives ana an MFA device, and returns the code that it shows.
func (w *world) withPhone() *string {
	w.Helper()
	w.update(func(tx persistence.Tx) error {
		return persistence.MFADevices.Put(tx, account,
			&persistence.MFADevice{Serial: phone, Seed: phoneSeed, UserID: anaID, EnableDate: w.now})
	})
	code, err := hotp.GenerateCode(phoneSeed, uint64(w.now.Unix()/30))
	if err != nil {
		w.Fatal(err)
	}
	return &code
}

// A code is spent with what it is for: if anything goes wrong on the way it is good
// for another try, and so it is when the client goes away.
func TestACodeIsNotSpentForNothing(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*world, context.Context, *string) error{
		"GetSessionToken": func(w *world, ctx context.Context, code *string) error {
			_, err := w.service.GetSessionToken(ctx, &sts.GetSessionTokenInput{SerialNumber: aws.String(phone), TokenCode: code})
			return err
		},
		"AssumeRole": func(w *world, ctx context.Context, code *string) error {
			in := toAudit()
			in.SerialNumber, in.TokenCode = aws.String(phone), code
			_, err := w.assume(ctx, in)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := testkit.NewFailingStore(teststore.New(t))
			w := newWorldOn(t, store)
			code, ctx := w.withPhone(), w.ana()
			n := store.AtEachAccess(t, func() error { return call(w, ctx, code) })
			if n < 3 {
				t.Errorf("%d accesses", n)
			}
			if got, want := testkit.Answer(call(w, ctx,
				code)), "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. "; got != want {
				t.Errorf("the second time: %q, want %q", got, want)
			}
		})
	}
}
