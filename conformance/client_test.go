package conformance_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/iamtest"
)

// A world is a server of its own, with a client of its root user.
type world struct {
	*iam.Client
	t   *testing.T
	srv *iamtest.Server
	ctx context.Context
}

func newWorld(t *testing.T) *world {
	srv := iamtest.Start(t)
	return &world{Client: srv.IAM(), t: t, srv: srv, ctx: context.Background()}
}

// user makes a user with the policy, nothing if it is empty, and returns the
// user's client.
func (w *world) user(name, policy string) *iam.Client {
	w.t.Helper()
	must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(w.t)
	if policy != "" {
		must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("own"), PolicyDocument: &policy}))(w.t)
	}
	return w.with(must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: &name}))(w.t).AccessKey)
}

func (w *world) with(k *types.AccessKey) *iam.Client { return iam.NewFromConfig(w.config(k)) }

func (w *world) config(k *types.AccessKey) aws.Config {
	return w.srv.ConfigFor(aws.Credentials{AccessKeyID: *k.AccessKeyId, SecretAccessKey: *k.SecretAccessKey})
}

// whoAmI is the ARN that belongs to a key.
func (w *world) whoAmI(k *types.AccessKey) (string, error) {
	out, err := sts.NewFromConfig(w.config(k)).GetCallerIdentity(w.ctx, nil)
	if err != nil {
		return "", err
	}
	return *out.Arn, nil
}

func must[Out any](out *Out, err error) func(*testing.T) *Out {
	return func(t *testing.T) *Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func refused[Out any](_ *Out, err error) error { return err }

// wantError reports an error that is not AWS's of that code and text.
func wantError(t *testing.T, err error, code, text string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Errorf("error = %v; want %s: %s", err, code, text)
		return
	}
	if api.ErrorCode() != code || api.ErrorMessage() != text {
		t.Errorf("error = %s: %s\n want %s: %s", api.ErrorCode(), api.ErrorMessage(), code, text)
	}
}

// joined is a list of one member of each element, in one text.
func joined[T any](list []T, member func(T) *string) string {
	names := make([]string, len(list))
	for i, x := range list {
		names[i] = *member(x)
	}
	return strings.Join(names, " ")
}

// allow is a policy that allows the actions on everything.
func allow(actions string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"` + actions + `","Resource":"*"}}`
}
