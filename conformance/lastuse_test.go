package conformance_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/internal/testkit"
)

// used is what the server says of a key: service, region, and whether there is a
// date.
func (w *world) used(k *types.AccessKey) (service, region string, dated bool) {
	w.t.Helper()
	last := testkit.Must(w.GetAccessKeyLastUsed(w.ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: k.AccessKeyId}))(w.t).AccessKeyLastUsed
	return *last.ServiceName, *last.Region, last.LastUsedDate != nil && time.Since(*last.LastUsedDate) < time.Hour
}

func (w *world) userKey(user, policy string) *types.AccessKey {
	w.t.Helper()
	w.user(user, policy)
	old := testkit.Must(w.ListAccessKeys(w.ctx, &iam.ListAccessKeysInput{UserName: &user}))(w.t).AccessKeyMetadata[0]
	testkit.Must(w.DeleteAccessKey(w.ctx, &iam.DeleteAccessKeyInput{UserName: &user, AccessKeyId: old.AccessKeyId}))(w.t)
	return testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: &user}))(w.t).AccessKey
}

func TestLastUseOfAnAccessKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.userKey("ann", "")
	if service, region, dated := w.used(k); service != "N/A" || region != "N/A" || dated {
		t.Errorf("of an unused key = %s %s %v", service, region, dated)
	}
	if _, err := w.whoAmI(k); err != nil {
		t.Fatal(err)
	}
	if service, region, dated := w.used(k); service != "sts" || region != "us-east-1" || !dated {
		t.Errorf("after GetCallerIdentity = %s %s %v", service, region, dated)
	}
	if err := testkit.Refused(w.with(k).ListUsers(w.ctx, nil)); err == nil {
		t.Fatal("ann may list users")
	}
	if service, _, dated := w.used(k); service != "iam" || !dated {
		t.Errorf("after a denied call = %s %v", service, dated)
	}
}

// What does not carry a right signature is no use.
func TestForgedCallIsNoUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.userKey("ann", "")
	forged := *k
	forged.SecretAccessKey = aws.String("wrong")
	if _, err := w.whoAmI(&forged); err == nil {
		t.Fatal("a wrong secret is accepted")
	}
	if service, _, dated := w.used(k); service != "N/A" || dated {
		t.Errorf("last use = %s %v", service, dated)
	}
}

func TestLastUseOfARole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}`
	r := w.role("Worker", trust)
	last := func() *types.RoleLastUsed {
		return testkit.Must(w.GetRole(w.ctx, &iam.GetRoleInput{RoleName: r.RoleName}))(t).Role.RoleLastUsed
	}
	if l := last(); l == nil || l.LastUsedDate != nil || l.Region != nil {
		t.Errorf("of an unused role = %+v", l)
	}
	out := testkit.Must(w.srv.STS().AssumeRole(w.ctx, &sts.AssumeRoleInput{RoleArn: r.Arn, RoleSessionName: aws.String("session")}))(t)
	if l := last(); l.LastUsedDate != nil {
		t.Errorf("to assume a role is to use it: %v", l.LastUsedDate)
	}
	if _, err := sts.NewFromConfig(w.session(out.Credentials)).GetCallerIdentity(w.ctx, nil); err != nil {
		t.Fatal(err)
	}
	if l := last(); l.LastUsedDate == nil || *l.Region != "us-east-1" {
		t.Errorf("of a used role = %+v", l)
	}
}

// What was used when is there after a restart: it is stored when a server stops.
func TestLastUseSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := iamtest.Start(t, iamtest.WithDataDir(dir))
	w := &world{Client: first.IAM(), t: t, srv: first, ctx: context.Background()}
	k := w.userKey("ann", "")
	if _, err := w.whoAmI(k); err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	second := iamtest.Start(t, iamtest.WithDataDir(dir))
	w = &world{Client: second.IAM(), t: t, srv: second, ctx: context.Background()}
	if service, region, dated := w.used(k); service != "sts" || region != "us-east-1" || !dated {
		t.Errorf("after the restart = %s %s %v", service, region, dated)
	}
}
