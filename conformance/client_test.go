package conformance_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
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
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: &name}))(w.t)
	if policy != "" {
		testkit.Must(w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{
			UserName: &name, PolicyName: aws.String("own"), PolicyDocument: &policy,
		}))(w.t)
	}
	return w.with(testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: &name}))(w.t).AccessKey)
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
