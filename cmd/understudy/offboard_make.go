package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/offboard"
)

// make makes the call of a step. It is not an error if what the call would remove is gone
// already, nor if a role is gone: its sessions are then useless.
func (l *leaver) make(ctx context.Context, s *offboard.Step) error {
	clock, err := l.manager.Clock(ctx)
	if err != nil {
		return l.manager.told(err)
	}
	client := l.client
	if s.Account != l.account {
		client = l.endpoint.rootOf(l.manager.url, s.Account, l.health)
	}
	err = call(ctx, client, s.Input(clock.Now))
	if gone := (*types.NoSuchEntityException)(nil); errors.As(err, &gone) {
		return nil
	}
	if err != nil {
		return spoken(err)
	}
	return nil
}

// call makes the call for an input.
func call(ctx context.Context, c *iam.Client, input any) (err error) {
	switch in := input.(type) {
	case *iam.UpdateAccessKeyInput:
		_, err = c.UpdateAccessKey(ctx, in)
	case *iam.DeleteLoginProfileInput:
		_, err = c.DeleteLoginProfile(ctx, in)
	case *iam.UpdateServiceSpecificCredentialInput:
		_, err = c.UpdateServiceSpecificCredential(ctx, in)
	case *iam.UpdateSSHPublicKeyInput:
		_, err = c.UpdateSSHPublicKey(ctx, in)
	case *iam.UpdateSigningCertificateInput:
		_, err = c.UpdateSigningCertificate(ctx, in)
	case *iam.PutUserPolicyInput:
		_, err = c.PutUserPolicy(ctx, in)
	case *iam.PutRolePolicyInput:
		_, err = c.PutRolePolicy(ctx, in)
	default:
		err = remove(ctx, c, input)
	}
	return err
}

// remove makes one of the calls that delete a user.
func remove(ctx context.Context, c *iam.Client, input any) (err error) {
	switch in := input.(type) {
	case *iam.DeactivateMFADeviceInput:
		_, err = c.DeactivateMFADevice(ctx, in)
	case *iam.DeleteVirtualMFADeviceInput:
		_, err = c.DeleteVirtualMFADevice(ctx, in)
	case *iam.DeleteSigningCertificateInput:
		_, err = c.DeleteSigningCertificate(ctx, in)
	case *iam.DeleteSSHPublicKeyInput:
		_, err = c.DeleteSSHPublicKey(ctx, in)
	case *iam.DeleteServiceSpecificCredentialInput:
		_, err = c.DeleteServiceSpecificCredential(ctx, in)
	case *iam.DeleteAccessKeyInput:
		_, err = c.DeleteAccessKey(ctx, in)
	case *iam.RemoveUserFromGroupInput:
		_, err = c.RemoveUserFromGroup(ctx, in)
	case *iam.DetachUserPolicyInput:
		_, err = c.DetachUserPolicy(ctx, in)
	case *iam.DeleteUserPolicyInput:
		_, err = c.DeleteUserPolicy(ctx, in)
	case *iam.DeleteUserInput:
		_, err = c.DeleteUser(ctx, in)
	default:
		err = fmt.Errorf("the plan has a step that is not known: %T", input)
	}
	return err
}
