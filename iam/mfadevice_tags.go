package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

var mfaDeviceTags = &tagging[persistence.MFADevice]{
	table: persistence.MFADevices, find: byName(taggedDevice),
	tags: func(x *persistence.MFADevice) *[]persistence.Tag { return &x.Tags },
	keys: exactTagKeys, noTags: emptyTagMap, noKeys: emptyTagKeys,
}

// TagMFADevice adds tags to a virtual device, in place of those with the same keys. The
// case of keys counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagMFADevice.html
func (s *Service) TagMFADevice(ctx context.Context, in *iam.TagMFADeviceInput) (*iam.TagMFADeviceOutput, error) {
	return answer(&iam.TagMFADeviceOutput{}, mfaDeviceTags.tag(ctx, s, in.SerialNumber, in.Tags))
}

// UntagMFADevice removes tags from a virtual device.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagMFADevice.html
func (s *Service) UntagMFADevice(ctx context.Context, in *iam.UntagMFADeviceInput) (*iam.UntagMFADeviceOutput, error) {
	return answer(&iam.UntagMFADeviceOutput{}, mfaDeviceTags.untag(ctx, s, in.SerialNumber, in.TagKeys))
}

// ListMFADeviceTags lists the tags of a virtual device.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADeviceTags.html
func (s *Service) ListMFADeviceTags(ctx context.Context, in *iam.ListMFADeviceTagsInput) (*iam.ListMFADeviceTagsOutput, error) {
	out := &iam.ListMFADeviceTagsOutput{}
	l := listing{"ListMFADeviceTags", in.MaxItems, in.Marker, &out.IsTruncated, &out.Marker}
	return answer(out, mfaDeviceTags.list(ctx, s, in.SerialNumber, l, &out.Tags))
}

// taggedDevice finds a virtual device; devices of other kinds have no tags.
func taggedDevice(tx persistence.Tx, account, serial string) (*persistence.MFADevice, error) {
	d, err := persistence.MFADevices.Get(tx, account, serial)
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		return nil, noSuchMFADevice(serial)
	case err == nil && d.Kind != persistence.VirtualMFA:
		return nil, noTagsOnMFADevice()
	}
	return d, err
}

// mfaDeviceTagRules are the permissions of the operations above.
func mfaDeviceTagRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.TagMFADeviceInput) ([]authz.Need, error) {
			need, err := mfaDeviceNeed(q, "iam:TagMFADevice", in.SerialNumber)
			return tagNeeds(need, in.Tags), err
		}),
		authz.For(func(q *authz.Query, in *iam.UntagMFADeviceInput) ([]authz.Need, error) {
			need, err := mfaDeviceNeed(q, "iam:UntagMFADevice", in.SerialNumber)
			return untagNeeds(need, in.TagKeys), err
		}),
		authz.For(func(q *authz.Query, in *iam.ListMFADeviceTagsInput) ([]authz.Need, error) {
			need, err := mfaDeviceNeed(q, "iam:ListMFADeviceTags", in.SerialNumber)
			return []authz.Need{need}, err
		}),
	}
}
