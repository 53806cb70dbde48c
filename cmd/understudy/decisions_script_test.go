package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
)

// TestDecisionScripts runs testdata/decisions: each file is a session at a shell, with a
// server of its own at UNDERSTUDY_ADDR. $ALLOWED and $DENIED are the request IDs of two
// calls of the user ann. Another call that is denied is made three times before the
// script begins, and again and again until it ends.
func TestDecisionScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/decisions", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env}, iamtest.WithSeed("testdata/decisions.yaml"))
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		env.Setenv("PORT", s.URL[strings.LastIndexByte(s.URL, ':')+1:])
		out, err := s.IAM().ListAccessKeys(context.Background(), &iam.ListAccessKeysInput{UserName: aws.String("ann")})
		if err != nil {
			return err
		}
		config := s.ConfigFor(aws.Credentials{AccessKeyID: *out.AccessKeyMetadata[0].AccessKeyId, SecretAccessKey: "ann-secret"})
		ann := iam.NewFromConfig(config)
		got, err := ann.GetUser(context.Background(), &iam.GetUserInput{})
		if err != nil {
			return err
		}
		id, _ := awsmiddleware.GetRequestIDMetadata(got.ResultMetadata)
		env.Setenv("ALLOWED", id)
		_, err = ann.CreateUser(context.Background(), &iam.CreateUserInput{UserName: aws.String("bob")})
		var answered interface{ ServiceRequestID() string }
		if !errors.As(err, &answered) {
			return errors.New("CreateUser was not denied")
		}
		env.Setenv("DENIED", answered.ServiceRequestID())
		return callOften(env, ann)
	}})
}

// callOften makes a call that is denied again and again, so that a script that watches
// sees one whenever it begins. It is not so often that the records of other calls are
// dropped.
func callOften(env *testscript.Env, c *iam.Client) error {
	ctx, cancel := context.WithCancel(context.Background())
	call := func() {
		_, _ = c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("bob")}) // denied
	}
	for range 3 { // as many as one script asks for
		call()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			call()
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	env.Defer(func() {
		cancel()
		<-done
	})
	return nil
}
