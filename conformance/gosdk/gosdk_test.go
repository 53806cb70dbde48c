// Package gosdk_test calls S3, DynamoDB, SQS and SNS with the AWS SDK for Go through
// the gateway of a server within the process, as a user's tests do. It is a module of
// its own: who imports Understudy does not get these clients.
//
// # Caveats
//
// moto's server must be there for TestGoSDK, and UNDERSTUDY_BINARY must name the command
// for TestEmulator.
package gosdk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// clients are those of one caller.
type clients struct {
	db  *dynamodb.Client
	s3  *s3.Client
	sns *sns.Client
	sqs *sqs.Client
}

func clientsOf(c aws.Config) *clients {
	c.RetryMaxAttempts = 1
	path := func(o *s3.Options) { o.UsePathStyle = true }
	return &clients{dynamodb.NewFromConfig(c), s3.NewFromConfig(c, path), sns.NewFromConfig(c), sqs.NewFromConfig(c)}
}

// call is a call that needs one permission.
type call struct {
	name             string
	action, resource string
	send             func(context.Context, *clients) error
	denied           func(error) bool // the exception of the client; nil: AccessDenied, or what begins so
	raises           func(error) bool // by which the upstream refuses what is allowed; nil: it does not
}

// is returns a function that reports whether an error is an exception of the type.
func is[T error]() func(error) bool {
	return func(err error) bool {
		var target T
		return errors.As(err, &target)
	}
}

// coded returns a function that reports whether an error has the code.
func coded(code string) func(error) bool {
	return func(err error) bool {
		var answered smithy.APIError
		return errors.As(err, &answered) && answered.ErrorCode() == code
	}
}

// TestGoSDK makes each call denied once and allowed once, by policies that differ in
// their resource. A denial is explained, and what moto refuses is its own exception.
func TestGoSDK(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithUpstream(testkit.Moto(t)))
	ctx := context.Background()
	setUp(t, clientsOf(srv.Config(ctx)))
	testkit.Must(srv.IAM().CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
	policy(t, srv, "list", "s3:ListBucket", bucket) // who may not list is not told that a key is not there
	ana := clientsOf(srv.As("ana").Config(ctx))
	for _, c := range slices.Concat(objects(), items(), messages()) {
		allow(t, srv, c.action, c.resource+"-other")
		err := c.send(ctx, ana)
		if !c.denied(err) {
			t.Errorf("%s: denied with %T %v", c.name, errors.Unwrap(err), err)
			continue
		}
		if why := srv.WhyDenied(err); !why.Denied() || why.Action != c.action || why.Resource != c.resource ||
			why.Layer != iamtest.Identity {
			t.Errorf("%s: explained as %v", c.name, why)
		}
		allow(t, srv, c.action, c.resource)
		switch err := c.send(ctx, ana); {
		case c.raises == nil && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.raises != nil && !c.raises(err):
			t.Errorf("%s: raises %v", c.name, err)
		}
	}
}

// A URL that is presigned is decided when it is used.
func TestPresigned(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithUpstream(testkit.Moto(t)))
	ctx := context.Background()
	setUp(t, clientsOf(srv.Config(ctx)))
	testkit.Must(srv.IAM().CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ana")}))(t)
	signed := testkit.Must(s3.NewPresignClient(clientsOf(srv.As("ana").Config(ctx)).s3).PresignGetObject(ctx, object("k")))(t)
	for resource, want := range map[string]string{bucket + "/l": "403 <?xml", bucket + "/k": "200 object"} {
		allow(t, srv, "s3:GetObject", resource)
		res := testkit.Must(testkit.HTTP.Get(signed.URL))(t)
		body := testkit.Must(io.ReadAll(res.Body))(t)
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		if got := fmt.Sprintf("%d %s", res.StatusCode, body); !strings.HasPrefix(got, want) {
			t.Errorf("with leave for %s: %s, want %s", resource, got, want)
		}
	}
}

// allow lets ana do one thing.
func allow(t *testing.T, srv *iamtest.Server, action, resource string) {
	t.Helper()
	policy(t, srv, "own", action, resource)
}

// policy gives ana a policy with a name in place of the one with that name.
func policy(t *testing.T, srv *iamtest.Server, name, action, resource string) {
	t.Helper()
	document := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":%q,"Resource":%q}}`, action, resource)
	testkit.Must(srv.IAM().PutUserPolicy(context.Background(), &iam.PutUserPolicyInput{
		UserName: aws.String("ana"), PolicyName: &name, PolicyDocument: &document}))(t)
}
