package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/management"
)

type rotateCommand struct {
	endpoint
	User   string        `arg:"" help:"Name or ARN of the user."`
	Finish bool          `help:"@rotateFinish"`
	Old    string        `placeholder:"KEYID" help:"@rotateOld"`
	Grace  time.Duration `default:"1h" placeholder:"DURATION" help:"@rotateGrace"`
}

// Help is the end of the help text.
func (*rotateCommand) Help() string {
	return `A user has at most two access keys, so that a new one can be put into use before the old one ends. The first ` +
		`call makes the new key and prints it, this once, in the form that credential_process takes. ` +
		`Put it wherever the old one is, and then finish: the old key becomes inactive, not deleted, so that it can be made ` +
		`active again if something was forgotten.

    understudy rotate alice > new-key.json
    understudy rotate alice --finish
    understudy rotate alice --finish --grace 24h

When the old key was last used is what GetAccessKeyLastUsed and the events that the server keeps say, by the server's ` +
		`clock. The exit code is 1 while the old key is still in use.`
}

// Run makes a key, or makes the old one inactive.
func (c *rotateCommand) Run() error {
	if c.Grace < 0 {
		return usageError{fmt.Errorf("--grace %s is negative; give how long the old key must not have been used, or 0", c.Grace)}
	}
	ctx := context.Background()
	p, err := c.personOf(ctx, c.User)
	if err != nil {
		return err
	}
	keys, err := p.accessKeys(ctx)
	if err != nil {
		return err
	}
	if c.Finish {
		return c.finish(ctx, p, keys)
	}
	return c.begin(ctx, p, keys)
}

// accessKeys are the keys of the person, the oldest first.
func (p *person) accessKeys(ctx context.Context) ([]types.AccessKeyMetadata, error) {
	out, err := p.client.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: &p.name})
	if err != nil {
		return nil, spoken(err)
	}
	keys := out.AccessKeyMetadata
	slices.SortStableFunc(keys, func(a, b types.AccessKeyMetadata) int { return a.CreateDate.Compare(*b.CreateDate) })
	return keys, nil
}

// oldFirst puts the key that should end at the front: the one that --old names, or the
// older one. Dates are in seconds; if both keys were made within one second, the events show
// which was first.
func (c *rotateCommand) oldFirst(ctx context.Context, p *person, keys []types.AccessKeyMetadata) error {
	is := func(id string) func(types.AccessKeyMetadata) bool {
		return func(k types.AccessKeyMetadata) bool { return aws.ToString(k.AccessKeyId) == id }
	}
	switch {
	case len(keys) < 2 || c.Old == "" && !keys[0].CreateDate.Equal(*keys[1].CreateDate):
		return nil
	case c.Old == "":
		list, err := p.manager.Events(ctx, &management.CallQuery{EventName: "CreateAccessKey", Limit: management.MaxListed})
		if err != nil {
			return p.manager.told(err)
		}
		if c.Old = firstMade(list, *keys[0].AccessKeyId, *keys[1].AccessKeyId); c.Old == "" {
			return fmt.Errorf("%s and %s were made in the same second, and no event tells which was first; name the one to end with --old",
				*keys[0].AccessKeyId, *keys[1].AccessKeyId)
		}
	case !slices.ContainsFunc(keys, is(c.Old)):
		return usageError{fmt.Errorf("--old %s is not an access key of %s; it has %s and %s", c.Old, p.name,
			*keys[0].AccessKeyId, *keys[1].AccessKeyId)}
	}
	if slices.IndexFunc(keys, is(c.Old)) == 1 {
		slices.Reverse(keys)
	}
	return nil
}

// begin creates a key and prints it.
func (c *rotateCommand) begin(ctx context.Context, p *person, keys []types.AccessKeyMetadata) error {
	if len(keys) > 1 {
		return twoKeys(p, keys)
	}
	out, err := p.client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &p.name})
	if err != nil {
		return spoken(err)
	}
	k := out.AccessKey
	err = printJSON(processCredentials{Version: 1, AccessKeyID: *k.AccessKeyId, SecretAccessKey: *k.SecretAccessKey})
	switch {
	case err != nil:
		return fmt.Errorf("the key %s was made and its secret could not be printed; delete it with %s, and try again (%w)",
			*k.AccessKeyId, awsCommand("DeleteAccessKey", &iam.DeleteAccessKeyInput{UserName: &p.name, AccessKeyId: k.AccessKeyId}), err)
	case len(keys) == 0:
		note(fmt.Sprintf("%s had no access key; this is the first, and its secret is not shown again", p.name))
	default:
		note(fmt.Sprintf("put %s wherever %s is used; its secret is not shown again. Then: understudy rotate %s --finish",
			*k.AccessKeyId, *keys[0].AccessKeyId, c.User))
	}
	return nil
}

// twoKeys says what has to be done before a user with two keys can get a new one.
func twoKeys(p *person, keys []types.AccessKeyMetadata) error {
	for i := range keys {
		if keys[i].Status == types.StatusTypeInactive {
			return fmt.Errorf("%s has two access keys already, and AWS allows no third; %s is inactive: delete it with %s",
				p.name, *keys[i].AccessKeyId,
				awsCommand("DeleteAccessKey", &iam.DeleteAccessKeyInput{UserName: &p.name, AccessKeyId: keys[i].AccessKeyId}))
		}
	}
	return fmt.Errorf("%s has two active access keys already, and AWS allows no third; make the older one, %s, inactive with "+
		"understudy rotate %s --finish", p.name, *keys[0].AccessKeyId, p.name)
}

// finish makes the old key inactive if it is not used any more.
func (c *rotateCommand) finish(ctx context.Context, p *person, keys []types.AccessKeyMetadata) error {
	if err := c.oldFirst(ctx, p, keys); err != nil {
		return err
	}
	if err := canFinish(p.name, keys); err != nil {
		return err
	}
	old, young := aws.ToString(keys[0].AccessKeyId), aws.ToString(keys[1].AccessKeyId)
	if keys[0].Status == types.StatusTypeInactive {
		tell("%s is inactive already", old)
		return deleteLater(p, old)
	}
	if err := c.unused(ctx, p, old); err != nil {
		return err
	}
	in := &iam.UpdateAccessKeyInput{UserName: &p.name, AccessKeyId: &old, Status: types.StatusTypeInactive}
	if _, err := p.client.UpdateAccessKey(ctx, in); err != nil {
		return spoken(err)
	}
	tell("%s is inactive now, and %s is the key of %s", old, young, p.name)
	tell("    %s", awsCommand("UpdateAccessKey", in))
	if use, err := p.lastUse(ctx, young); err == nil && use.at.IsZero() {
		note(fmt.Sprintf("%s has not been used yet; is it where it is needed?", young))
	}
	return deleteLater(p, old)
}

func deleteLater(p *person, key string) error {
	tell("When nothing misses it, delete it:\n    %s",
		awsCommand("DeleteAccessKey", &iam.DeleteAccessKeyInput{UserName: &p.name, AccessKeyId: &key}))
	return nil
}

// canFinish refuses a rotation that was not begun, or would leave no key.
func canFinish(user string, keys []types.AccessKeyMetadata) error {
	switch {
	case len(keys) == 0:
		return fmt.Errorf("%s has no access key; understudy rotate %s makes one", user, user)
	case len(keys) == 1:
		return fmt.Errorf("%s has one access key, %s, so that there is no older one to end; begin with understudy rotate %s",
			user, *keys[0].AccessKeyId, user)
	case keys[1].Status == types.StatusTypeInactive && keys[0].Status == types.StatusTypeActive:
		return fmt.Errorf("the other key of %s, %s, is inactive, so that none would be left if this one ended; make it active with %s",
			user, *keys[1].AccessKeyId, awsCommand("UpdateAccessKey", &iam.UpdateAccessKeyInput{
				UserName: &user, AccessKeyId: keys[1].AccessKeyId, Status: types.StatusTypeActive}))
	}
	return nil
}

// unused says why the key cannot be ended yet; nil: it has not been used during the grace
// period.
func (c *rotateCommand) unused(ctx context.Context, p *person, key string) error {
	use, err := p.lastUse(ctx, key)
	if err != nil {
		return err
	}
	clock, err := p.manager.Clock(ctx)
	if err != nil {
		return p.manager.told(err)
	}
	return stillUsed(key, use, clock.Now, c.Grace)
}

// stillUsed is the refusal for a key that was used within the grace period.
func stillUsed(key string, use keyUse, now time.Time, grace time.Duration) error {
	ago := now.Truncate(time.Second).Sub(use.at.Truncate(time.Second))
	if use.at.IsZero() || ago >= grace {
		return nil
	}
	return fmt.Errorf("%s was used %s ago, at %s%s, so that it may still be needed; replace it there, and try again after %s, or give a shorter --grace",
		key, max(0, ago), use.at.UTC().Format(time.RFC3339), use.how, use.at.Add(grace).UTC().Format(time.RFC3339))
}
