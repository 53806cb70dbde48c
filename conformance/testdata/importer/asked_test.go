package shop

import (
	"context"
	"testing"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/iamtest"
)

func TestWhatWasAsked(t *testing.T) {
	srv := iamtest.Start(t, iamtest.WithSeedText(people))
	if _, err := srv.As("ana").IAM().ListUsers(context.Background(), nil); err != nil {
		t.Fatal(srv.WhyDenied(err)) // which prints why, and what to do about it
	}
	for _, d := range srv.Decisions(events.Filter{Principal: "ana"}) {
		if d.Operation != "ListUsers" || d.Verdict != "allowed" {
			t.Errorf("ana also asked for %s, which was %s", d.Operation, d.Verdict)
		}
	}
}
