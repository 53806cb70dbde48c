package accessanalyzer

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
)

// TestTurns takes all turns: a check waits for one until its caller goes away, and goes on
// when there is one.
func TestTurns(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	check := func(ctx context.Context) error {
		_, err := s.CheckNoPublicAccess(ctx, &accessanalyzer.CheckNoPublicAccessInput{
			ResourceType: types.AccessCheckResourceTypeS3Bucket,
			PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` +
				`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`),
		})
		return err
	}
	for range cap(s.turns) {
		s.turns <- struct{}{}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := check(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("without a turn: %v", err)
	}
	done := make(chan error)
	go func() { done <- check(t.Context()) }()
	<-s.turns
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(s.turns) != cap(s.turns)-1 {
		t.Errorf("%d turns of %d are taken", len(s.turns), cap(s.turns))
	}
}
