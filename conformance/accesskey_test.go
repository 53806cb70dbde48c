package conformance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
)

const badToken = "The security token included in the request is invalid."

// A key works while it is active, and no longer.
func TestKeyWorksWhileItIsActive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := aws.String("anna")
	testkit.Must(w.CreateUser(w.ctx, &iam.CreateUserInput{UserName: name, Path: aws.String("/x/")}))(t)
	key := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: name}))(t).AccessKey
	set := func(status types.StatusType) {
		testkit.Must(w.UpdateAccessKey(w.ctx, &iam.UpdateAccessKeyInput{UserName: name, AccessKeyId: key.AccessKeyId, Status: status}))(t)
	}
	works := func(when string) {
		if arn, err := w.whoAmI(key); err != nil || arn != "arn:aws:iam::000000000000:user/x/anna" {
			t.Errorf("%s: the key is %q, %v", when, arn, err)
		}
	}
	fails := func() {
		_, err := w.whoAmI(key)
		testkit.WantError(t, err, "InvalidClientTokenId", badToken)
	}
	works("new")
	set(types.StatusTypeInactive)
	fails()
	set(types.StatusTypeActive)
	works("active again")
	if list := testkit.Must(w.ListAccessKeys(w.ctx, &iam.ListAccessKeysInput{UserName: name}))(t).AccessKeyMetadata; len(list) != 1 ||
		*list[0].AccessKeyId != *key.AccessKeyId || list[0].Status != types.StatusTypeActive {
		t.Errorf("keys = %+v", list)
	}
	testkit.Must(w.DeleteAccessKey(w.ctx, &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: key.AccessKeyId}))(t)
	fails()
}

// A user turns its keys over by itself.
func TestUserRotatesItsKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.user("anna", allow("iam:*AccessKey*"))
	first := testkit.Must(old.ListAccessKeys(w.ctx, nil))(t).AccessKeyMetadata[0]
	key := testkit.Must(old.CreateAccessKey(w.ctx, nil))(t).AccessKey
	if *key.UserName != "anna" {
		t.Errorf("the new key is %s's", *key.UserName)
	}
	testkit.WantError(t, testkit.Refused(old.CreateAccessKey(w.ctx, nil)), "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
	testkit.Must(w.with(key).DeleteAccessKey(w.ctx, &iam.DeleteAccessKeyInput{AccessKeyId: first.AccessKeyId}))(t)
	testkit.WantError(t, testkit.Refused(old.ListAccessKeys(w.ctx, nil)), "InvalidClientTokenId", badToken)
}

// Root's own keys are root.
func TestRootMakesKeysOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := testkit.Must(w.CreateAccessKey(w.ctx, nil))(t).AccessKey
	if key.UserName != nil {
		t.Errorf("root's key has the user name %q", *key.UserName)
	}
	if arn, err := w.whoAmI(key); err != nil || arn != "arn:aws:iam::000000000000:root" {
		t.Errorf("the key is %q, %v", arn, err)
	}
	root := w.with(key)
	if got := testkit.Must(root.ListAccessKeys(w.ctx, nil))(t).AccessKeyMetadata; len(got) != 1 || *got[0].AccessKeyId != *key.AccessKeyId {
		t.Errorf("root's keys = %+v", got)
	}
	testkit.Must(root.CreateUser(w.ctx, &iam.CreateUserInput{UserName: aws.String("x")}))(t)
	testkit.Must(root.DeleteAccessKey(w.ctx, &iam.DeleteAccessKeyInput{AccessKeyId: key.AccessKeyId}))(t)
	testkit.WantError(t, testkit.Refused(root.ListUsers(w.ctx, nil)), "InvalidClientTokenId", badToken)
}

func TestLastUseOfAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.user("anna", allow("*"))
	fresh := testkit.Must(w.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: aws.String("anna")}))(t).AccessKey
	out := testkit.Must(anna.GetAccessKeyLastUsed(w.ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: fresh.AccessKeyId}))(t)
	if *out.UserName != "anna" || *out.AccessKeyLastUsed.ServiceName != "N/A" || *out.AccessKeyLastUsed.Region != "N/A" ||
		out.AccessKeyLastUsed.LastUsedDate != nil {
		t.Errorf("a key that was never used: %+v of %s", out.AccessKeyLastUsed, *out.UserName)
	}
	testkit.WantError(t, testkit.Refused(anna.GetAccessKeyLastUsed(w.ctx,
		&iam.GetAccessKeyLastUsedInput{AccessKeyId: aws.String("AKIAIOSFODNN7EXAMPLE")})),
		"AccessDenied",
		"User: arn:aws:iam::000000000000:user/anna is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE")
}
