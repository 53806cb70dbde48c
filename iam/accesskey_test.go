package iam_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"regexp"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/internal/teststore"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

func (f *fixture) key(ctx context.Context, user *string) *types.AccessKey {
	f.t.Helper()
	return testkit.Must(f.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: user}))(f.t).AccessKey
}

func (f *fixture) keys(ctx context.Context, user *string) []types.AccessKeyMetadata {
	f.t.Helper()
	return testkit.Must(f.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: user}))(f.t).AccessKeyMetadata
}

func TestAccessKeyShowsItsSecretOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("u")
	k := f.key(f.root, aws.String("U"))
	if !regexp.MustCompile(`^AKIA[A-Z2-7]{16}$`).MatchString(*k.AccessKeyId) || len(*k.SecretAccessKey) != 40 {
		t.Errorf("key %q has a secret of %d characters", *k.AccessKeyId, len(*k.SecretAccessKey))
	}
	if *k.UserName != "u" || k.Status != types.StatusTypeActive || !k.CreateDate.Equal(birth) {
		t.Errorf("key = %s %s %v", *k.UserName, k.Status, k.CreateDate)
	}
	want := []types.AccessKeyMetadata{{
		UserName: aws.String("u"), AccessKeyId: k.AccessKeyId, Status: types.StatusTypeActive, CreateDate: aws.Time(birth),
	}}
	if diff := cmp.Diff(want, f.keys(f.root, aws.String("u")), unexported); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestThirdAccessKeyIsRefusedEvenIfAllAreInactive(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := f.user("u")
	for range 2 {
		k := f.key(ctx, nil)
		testkit.Must(f.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{AccessKeyId: k.AccessKeyId, Status: types.StatusTypeInactive}))(t)
	}
	testkit.WantError(t, testkit.Refused(f.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{})),
		"LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
}

func TestOnlyTwoKeysAreMadeAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := f.user("u")
	won := race(12, func(int) error { return testkit.Refused(f.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{})) })
	if keys := f.keys(ctx, nil); won != 2 || len(keys) != 2 {
		t.Errorf("%d creations succeeded and there are %d keys; want 2", won, len(keys))
	}
}

// Without a name the keys are those of the caller: a user or the root user.
func TestAccessKeysWithoutUserName(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	asUser := f.user("u")
	users, roots := f.key(asUser, nil), f.key(f.root, nil)
	if users.UserName == nil || *users.UserName != "u" || roots.UserName != nil {
		t.Errorf("owners = %v and %v; want u and none", users.UserName, roots.UserName)
	}
	for why, c := range map[string]struct {
		ctx  context.Context
		want *string
	}{"a user": {asUser, users.AccessKeyId}, "root": {f.root, roots.AccessKeyId}} {
		if keys := f.keys(c.ctx, nil); len(keys) != 1 || *keys[0].AccessKeyId != *c.want {
			t.Errorf("keys of %s = %+v; want %s", why, keys, *c.want)
		}
	}
	const text = "Must specify userName when calling with non-User credentials"
	role := f.asRole()
	testkit.WantError(t, testkit.Refused(f.CreateAccessKey(role, &iam.CreateAccessKeyInput{})), "ValidationError", text)
	testkit.WantError(t, testkit.Refused(f.ListAccessKeys(role, &iam.ListAccessKeysInput{})), "ValidationError", text)
	testkit.WantError(t, testkit.Refused(f.DeleteAccessKey(role, &iam.DeleteAccessKeyInput{AccessKeyId: users.AccessKeyId})),
		"ValidationError", text)
	testkit.Must(f.DeleteAccessKey(f.root, &iam.DeleteAccessKeyInput{AccessKeyId: roots.AccessKeyId}))(t)
	if keys := f.keys(f.root, nil); len(keys) != 0 {
		t.Errorf("root has %d keys after the last was deleted", len(keys))
	}
}

func TestAccessKeyOfAnotherUserCannotBeFound(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user("a")
	asB := f.user("b")
	k := f.key(f.root, aws.String("a"))
	text := "The Access Key with id " + *k.AccessKeyId + " cannot be found."
	for why, err := range map[string]error{
		"delete as another user": testkit.Refused(f.DeleteAccessKey(asB, &iam.DeleteAccessKeyInput{AccessKeyId: k.AccessKeyId})),
		"delete with the wrong name": testkit.Refused(f.DeleteAccessKey(f.root,
			&iam.DeleteAccessKeyInput{UserName: aws.String("b"), AccessKeyId: k.AccessKeyId})),
		"delete as root, no name": testkit.Refused(f.DeleteAccessKey(f.root, &iam.DeleteAccessKeyInput{AccessKeyId: k.AccessKeyId})),
		"change with the wrong name": testkit.Refused(f.UpdateAccessKey(f.root,
			&iam.UpdateAccessKeyInput{UserName: aws.String("b"), AccessKeyId: k.AccessKeyId, Status: "Inactive"})),
		"change as the wrong account": testkit.Refused(f.UpdateAccessKey(asB,
			&iam.UpdateAccessKeyInput{AccessKeyId: k.AccessKeyId, Status: "Inactive"})),
	} {
		t.Run(why, func(t *testing.T) { testkit.WantError(t, err, "NoSuchEntity", text) })
	}
	if keys := f.keys(f.root, aws.String("a")); len(keys) != 1 || keys[0].Status != types.StatusTypeActive {
		t.Errorf("the key has changed: %+v", keys)
	}
}

func TestAccessKeyTurnedOffAndOn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := f.user("u")
	k := f.key(ctx, nil)
	for _, status := range []types.StatusType{types.StatusTypeInactive, types.StatusTypeInactive, types.StatusTypeActive} {
		testkit.Must(f.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{AccessKeyId: k.AccessKeyId, Status: status}))(t)
		if got := f.keys(ctx, nil)[0].Status; got != status {
			t.Errorf("status = %s; want %s", got, status)
		}
	}
	testkit.WantError(t, testkit.Refused(f.UpdateAccessKey(ctx,
		&iam.UpdateAccessKeyInput{AccessKeyId: k.AccessKeyId, Status: types.StatusTypeExpired})),
		"InvalidInput", "Operation does not support status Expired")
}

func TestAccessKeysAreListedByAgeInPages(t *testing.T) {
	t.Parallel()
	store, now := teststore.New(t), birth
	s := iamsvc.New(iamsvc.Options{Store: store, Now: func() time.Time { return now }, Quotas: iamsvc.Quotas{AccessKeysPerUser: 5}})
	ctx := principal.NewContext(context.Background(),
		&principal.Caller{Principal: principal.Principal{Kind: principal.Root, AccountID: account}})
	var made []string
	for range 5 {
		now = now.Add(-time.Hour)
		made = append([]string{*testkit.Must(s.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{}))(t).AccessKey.AccessKeyId}, made...)
	}
	var got []string
	var marker *string
	for page := range 3 {
		out := testkit.Must(s.ListAccessKeys(ctx, &iam.ListAccessKeysInput{MaxItems: aws.Int32(2), Marker: marker}))(t)
		for _, k := range out.AccessKeyMetadata {
			got = append(got, *k.AccessKeyId)
		}
		if out.IsTruncated != (page < 2) {
			t.Errorf("page %d is truncated: %v", page, out.IsTruncated)
		}
		marker = out.Marker
	}
	if diff := cmp.Diff(made, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestAccessKeyLastUsed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := f.user("u")
	k := f.key(ctx, nil)
	get := func(ctx context.Context, id *string) *iam.GetAccessKeyLastUsedOutput {
		return testkit.Must(f.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: id}))(t)
	}
	out := get(f.root, k.AccessKeyId)
	never := &types.AccessKeyLastUsed{ServiceName: aws.String("N/A"), Region: aws.String("N/A")}
	if diff := cmp.Diff(never, out.AccessKeyLastUsed, unexported); diff != "" || *out.UserName != "u" {
		t.Errorf("a new key of %s (-want +got):\n%s", *out.UserName, diff)
	}
	f.update(func(tx persistence.Tx) error {
		r, err := persistence.AccessKeys.Get(tx, account, *k.AccessKeyId)
		if err != nil {
			return err
		}
		r.LastUsedDate, r.LastUsedService, r.LastUsedRegion = birth, "iam", "us-east-1"
		return persistence.AccessKeys.Put(tx, account, r)
	})
	used := &types.AccessKeyLastUsed{LastUsedDate: aws.Time(birth), ServiceName: aws.String("iam"), Region: aws.String("us-east-1")}
	if diff := cmp.Diff(used, get(ctx, k.AccessKeyId).AccessKeyLastUsed, unexported); diff != "" {
		t.Errorf("a used key (-want +got):\n%s", diff)
	}
	if out := get(f.root, f.key(f.root, nil).AccessKeyId); out.UserName != nil {
		t.Errorf("root's key has the user name %q", *out.UserName)
	}
}

func TestLastUseOfAnUnknownKeyIsDenied(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const text = " is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE"
	in := &iam.GetAccessKeyLastUsedInput{AccessKeyId: aws.String("AKIAIOSFODNN7EXAMPLE")}
	testkit.WantError(t, testkit.Refused(f.GetAccessKeyLastUsed(f.user("u"), in)), "AccessDenied",
		"User: arn:aws:iam::123456789012:user/u"+text)
	testkit.WantError(t, testkit.Refused(f.GetAccessKeyLastUsed(f.root, in)), "AccessDenied", "User: arn:aws:iam::123456789012:root"+text)
}

// If two keys get the same random bits, the second gets others, and both exist.
func TestAccessKeyIDIsNotGivenTwice(t *testing.T) {
	t.Parallel()
	const perKey = 10 + 30 // random bytes of an ID and of a secret
	bits := make([]byte, 3*perKey)
	if _, err := rand.Read(bits[2*perKey:]); err != nil {
		t.Fatal(err)
	}
	s := iamsvc.New(iamsvc.Options{Store: teststore.New(t), Random: bytes.NewReader(bits)})
	ctx := principal.NewContext(context.Background(),
		&principal.Caller{Principal: principal.Principal{Kind: principal.Root, AccountID: account}})
	first := testkit.Must(s.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{}))(t).AccessKey
	second := testkit.Must(s.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{}))(t).AccessKey
	if *first.AccessKeyId == *second.AccessKeyId {
		t.Errorf("both keys are %s", *first.AccessKeyId)
	}
}

// zeros is a broken source of randomness.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestBrokenRandomnessEndsInAnError(t *testing.T) {
	t.Parallel()
	s := iamsvc.New(iamsvc.Options{Store: teststore.New(t), Random: zeros{}})
	ctx := principal.NewContext(context.Background(),
		&principal.Caller{Principal: principal.Principal{Kind: principal.Root, AccountID: account}})
	testkit.Must(s.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{}))(t)
	if err := testkit.Refused(s.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{})); err == nil {
		t.Error("a second key was made of the same bits")
	}
}
