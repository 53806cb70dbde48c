package shop

import (
	"context"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/iamtest"
)

func TestSessionsEnd(t *testing.T) {
	srv := iamtest.Start(t, iamtest.WithSeedText(people))
	deploy := srv.As("deploy").IAM()
	srv.Clock.Advance(2 * time.Hour)
	if _, err := deploy.ListUsers(context.Background(), nil); err == nil {
		t.Error("the session has not ended")
	}
}
