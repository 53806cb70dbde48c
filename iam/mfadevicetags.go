package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// TagMFADevice adds tags to a virtual device, over those with the same keys, in
// which case counts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagMFADevice.html
func (s *Service) TagMFADevice(ctx context.Context, in *iam.TagMFADeviceInput) (*iam.TagMFADeviceOutput, error) {
	if len(in.Tags) == 0 {
		return nil, emptyTagMap()
	}
	put, err := newTags(in.Tags, exactTagKeys)
	if err != nil {
		return nil, err
	}
	err = s.retagMFADevice(ctx, in.SerialNumber, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return mergeTags(have, put, exactTagKeys, s.quotas.TagsPerEntity)
	})
	return answer(&iam.TagMFADeviceOutput{}, err)
}

// UntagMFADevice removes tags from a virtual device.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagMFADevice.html
func (s *Service) UntagMFADevice(ctx context.Context, in *iam.UntagMFADeviceInput) (*iam.UntagMFADeviceOutput, error) {
	if len(in.TagKeys) == 0 {
		return nil, emptyTagKeys()
	}
	err := s.retagMFADevice(ctx, in.SerialNumber, func(have []persistence.Tag) ([]persistence.Tag, error) {
		return dropTags(have, in.TagKeys, exactTagKeys), nil
	})
	return answer(&iam.UntagMFADeviceOutput{}, err)
}

func (s *Service) retagMFADevice(ctx context.Context, serial *string, change retag) error {
	return s.store.Update(ctx, func(tx persistence.Tx) error {
		d, err := findTaggedDevice(tx, account(ctx), aws.ToString(serial))
		if err != nil {
			return err
		}
		if d.Tags, err = change(d.Tags); err != nil {
			return err
		}
		return persistence.MFADevices.Put(tx, account(ctx), d)
	})
}

// ListMFADeviceTags lists the tags of a virtual device.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADeviceTags.html
func (s *Service) ListMFADeviceTags(ctx context.Context, in *iam.ListMFADeviceTagsInput) (*iam.ListMFADeviceTagsOutput, error) {
	p, err := newPage("ListMFADeviceTags/"+aws.ToString(in.SerialNumber), in.MaxItems, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.ListMFADeviceTagsOutput{}
	err = s.store.View(ctx, func(tx persistence.Tx) error {
		d, err := findTaggedDevice(tx, account(ctx), aws.ToString(in.SerialNumber))
		if err != nil {
			return err
		}
		out.Tags = tagPage(p, d.Tags)
		return nil
	})
	out.IsTruncated, out.Marker = p.truncated, p.marker()
	return answer(out, err)
}

// findTaggedDevice is a virtual device; devices of other kinds have no tags.
func findTaggedDevice(tx persistence.Tx, account, serial string) (*persistence.MFADevice, error) {
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
