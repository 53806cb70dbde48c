package main

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/offboard"
	"github.com/understudy-iam/understudy/principal"
)

func (c *offboardCommand) leaver(ctx context.Context) (*leaver, error) {
	p, err := c.personOf(ctx, c.User)
	if err != nil {
		return nil, err
	}
	health, err := p.manager.Health(ctx)
	if err != nil {
		return nil, p.manager.told(err)
	}
	arn, _ := principal.ParseARN(p.arn)
	return &leaver{p, &c.endpoint, health, arn.AccountID}, nil
}

// plan reads the state and makes the plan. A first plan is needed to know which roles'
// policies have to be read.
func (l *leaver) plan(ctx context.Context, o offboard.Options) (*offboard.Plan, error) {
	s, err := l.read(ctx)
	if err != nil {
		return nil, err
	}
	s.Earlier = map[string]string{}
	for _, role := range offboard.Make(s, o).Roles() {
		arn, _ := principal.ParseARN(role)
		_, _, name := arn.Entity()
		out, err := l.endpoint.rootOf(l.manager.url, arn.AccountID, l.health).GetRolePolicy(ctx, &iam.GetRolePolicyInput{
			RoleName: &name, PolicyName: aws.String(offboard.PolicyName + "-" + l.name)})
		if err != nil {
			continue // usually there is none; any other error appears when the policy is put
		}
		if s.Earlier[role], err = url.PathUnescape(aws.ToString(out.PolicyDocument)); err != nil {
			return nil, err
		}
	}
	return offboard.Make(s, o), nil
}

// read reads everything that a plan is made from. Events are read first, since reading
// makes more of them.
func (l *leaver) read(ctx context.Context) (*offboard.State, error) {
	s := &offboard.State{Account: l.account}
	clock, err := l.manager.Clock(ctx)
	if err != nil {
		return nil, l.manager.told(err)
	}
	s.Now = clock.Now
	r := &eventReader{manager: l.manager}
	if err := r.between(ctx, time.Time{}, time.Time{}, 0); err != nil {
		return nil, l.manager.told(err)
	}
	s.Events, s.EventsSince, s.EventsLost = r.list, r.since(), r.lost
	policies, err := policiesOfServer(l.manager)
	if err != nil {
		return nil, err
	}
	for i := range policies {
		s.Policies = append(s.Policies, offboard.Policy{
			Title: policies[i].title, Account: policies[i].account, Document: policies[i].text})
	}
	for _, read := range []func(context.Context, *offboard.State) error{
		l.readUser, l.readKeys, l.readCredentials, l.readRights, l.readRoles,
	} {
		if err := read(ctx, s); err != nil {
			return nil, spoken(err)
		}
	}
	return s, nil
}

func (l *leaver) readUser(ctx context.Context, s *offboard.State) error {
	out, err := l.client.GetUser(ctx, &iam.GetUserInput{UserName: &l.name})
	if err != nil {
		return err
	}
	s.User = *out.User
	login, err := l.client.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: &l.name})
	if none := (*types.NoSuchEntityException)(nil); errors.As(err, &none) {
		return nil
	}
	if err == nil {
		s.Password = login.LoginProfile.CreateDate
	}
	return err
}

func (l *leaver) readKeys(ctx context.Context, s *offboard.State) error {
	keys, err := l.client.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: &l.name})
	if err != nil {
		return err
	}
	for _, k := range keys.AccessKeyMetadata {
		last, err := l.client.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: k.AccessKeyId})
		if err != nil {
			return err
		}
		s.Keys = append(s.Keys, offboard.Key{ID: *k.AccessKeyId, Active: k.Status == types.StatusTypeActive, Created: *k.CreateDate,
			LastUsed: last.AccessKeyLastUsed.LastUsedDate})
	}
	return nil
}

func (l *leaver) readCredentials(ctx context.Context, s *offboard.State) error {
	devices, err := l.client.ListMFADevices(ctx, &iam.ListMFADevicesInput{UserName: &l.name})
	if err != nil {
		return err
	}
	for _, d := range devices.MFADevices {
		s.Devices = append(s.Devices, *d.SerialNumber)
	}
	certificates, err := l.client.ListSigningCertificates(ctx, &iam.ListSigningCertificatesInput{UserName: &l.name})
	if err != nil {
		return err
	}
	keys, err := l.client.ListSSHPublicKeys(ctx, &iam.ListSSHPublicKeysInput{UserName: &l.name})
	if err != nil {
		return err
	}
	services, err := l.client.ListServiceSpecificCredentials(ctx, &iam.ListServiceSpecificCredentialsInput{UserName: &l.name})
	if err != nil {
		return err
	}
	s.Certificates, s.SSHKeys, s.ServiceCredentials = certificates.Certificates, keys.SSHPublicKeys, services.ServiceSpecificCredentials
	return nil
}

func (l *leaver) readRights(ctx context.Context, s *offboard.State) (err error) {
	if s.Groups, err = l.groups(ctx); err != nil {
		return err
	}
	attached := iam.NewListAttachedUserPoliciesPaginator(l.client, &iam.ListAttachedUserPoliciesInput{UserName: &l.name})
	for attached.HasMorePages() {
		page, err := attached.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, p := range page.AttachedPolicies {
			s.Attached = append(s.Attached, *p.PolicyArn)
		}
	}
	for pages := iam.NewListUserPoliciesPaginator(l.client, &iam.ListUserPoliciesInput{UserName: &l.name}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		s.Inline = append(s.Inline, page.PolicyNames...)
	}
	return nil
}

// readRoles finds the roles of the account that the user may assume, also those that
// require an MFA device. Roles are left out if all their sessions are in the events.
func (l *leaver) readRoles(ctx context.Context, s *offboard.State) error {
	p, seen := newProgress(), 0
	defer p.clear()
	for pages := iam.NewListRolesPaginator(l.client, &iam.ListRolesInput{MaxItems: aws.Int32(1000)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for i := range page.Roles {
			if seen++; seen%100 == 0 {
				p.show("looked at %d roles", seen)
			}
			r := &page.Roles[i]
			lasting := time.Duration(max(aws.ToInt32(r.MaxSessionDuration), 3600)) * time.Second
			if !s.EventsSince.IsZero() && s.EventsSince.Before(s.Now.Add(-lasting)) {
				continue
			}
			record, err := l.manager.Authorize(ctx, &management.Question{Principal: l.arn, Enforce: true, Access: management.Access{
				Action: "sts:AssumeRole", Resource: *r.Arn, Context: map[string]any{"aws:MultiFactorAuthPresent": "true"}}})
			if err != nil {
				return l.manager.told(err)
			}
			if record.Verdict == "allowed" {
				s.Assumable = append(s.Assumable, offboard.Role{ARN: *r.Arn, MaxSession: lasting})
			}
		}
	}
	return nil
}
