package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

type onboardCommand struct {
	endpoint
	User     string   `arg:"" help:"Name of the user who is made."`
	Groups   []string `short:"g" placeholder:"GROUP" help:"Groups that the user joins, which give the rights."`
	Like     string   `placeholder:"USER" help:"@onboardLike"`
	Boundary string   `placeholder:"POLICY" help:"Permissions boundary: the ARN or the name of a managed policy."`
	Path     string   `default:"/" placeholder:"/PATH/" help:"Path of the user."`
	Tag      []string `sep:"none" placeholder:"KEY=VALUE" help:"Tag of the user; may be repeated."`
}

// Help is the end of the help text.
func (*onboardCommand) Help() string {
	return `The user is made whole or not at all: groups and the boundary are looked up first, and if a call fails, what was ` +
		`made is taken back. Rights come from groups alone. The user has no password and no key yet; the last lines say how to make them.

    understudy onboard alice --groups developers,oncall --tag team=red
    understudy onboard alice --like bob --boundary limits`
}

// Run makes the user.
func (c *onboardCommand) Run() error {
	ctx := context.Background()
	tags, err := c.tags()
	if err != nil {
		return usageError{err}
	}
	m, health, err := c.well(ctx)
	if err != nil {
		return err
	}
	n := &newcomer{client: c.rootOf(m.url, health.Account, health), name: c.User, groups: slices.Clone(c.Groups),
		in: &iam.CreateUserInput{UserName: &c.User, Tags: tags}}
	if c.Path != "/" {
		n.in.Path = &c.Path
	}
	if err := c.lookUp(ctx, n); err != nil {
		return err
	}
	if err := n.make(ctx); err != nil {
		return err
	}
	return c.welcome(ctx, n)
}

func (c *onboardCommand) tags() ([]types.Tag, error) {
	var list []types.Tag
	for _, written := range c.Tag {
		key, value, ok := strings.Cut(written, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--tag %q is not KEY=VALUE; give one such as team=red", written)
		}
		list = append(list, types.Tag{Key: &key, Value: &value})
	}
	if len(c.Groups) == 0 && c.Like == "" {
		return nil, errors.New("nothing says what the user may do; give --groups, or --like with a user whose groups are to be joined")
	}
	return list, nil
}

// lookUp finds what the flags name, before anything is created.
func (c *onboardCommand) lookUp(ctx context.Context, n *newcomer) (err error) {
	if c.Like != "" {
		if n.model, err = c.personOf(ctx, c.Like); err != nil {
			return err
		}
		theirs, err := n.model.groups(ctx)
		if err != nil {
			return err
		}
		n.groups = append(n.groups, theirs...)
	}
	slices.Sort(n.groups)
	n.groups = slices.Compact(n.groups)
	for _, group := range n.groups {
		if _, err := n.client.GetGroup(ctx, &iam.GetGroupInput{GroupName: &group, MaxItems: aws.Int32(1)}); err != nil {
			return spoken(err)
		}
	}
	if c.Boundary != "" {
		n.in.PermissionsBoundary, err = policyARN(ctx, n.client, c.Boundary)
	}
	return err
}

// policyARN is the ARN of a managed policy of the account or of AWS, given by ARN or
// name.
func policyARN(ctx context.Context, client *iam.Client, written string) (*string, error) {
	if strings.HasPrefix(written, "arn:") {
		_, err := client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &written})
		if err != nil {
			return nil, spoken(err)
		}
		return &written, nil
	}
	for pages := iam.NewListPoliciesPaginator(client, &iam.ListPoliciesInput{MaxItems: aws.Int32(1000)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, spoken(err)
		}
		for _, p := range page.Policies {
			if *p.PolicyName == written {
				return p.Arn, nil
			}
		}
	}
	return nil, usageError{fmt.Errorf("there is no managed policy %s; give its name or ARN, or make it with aws iam create-policy", written)}
}

// groups are the names of the groups that the person is in.
func (p *person) groups(ctx context.Context) (names []string, err error) {
	for pages := iam.NewListGroupsForUserPaginator(p.client, &iam.ListGroupsForUserInput{UserName: &p.name}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, spoken(err)
		}
		for _, g := range page.Groups {
			names = append(names, *g.GroupName)
		}
	}
	return names, nil
}

// welcome says what was created, what was not, and what comes next.
func (c *onboardCommand) welcome(ctx context.Context, n *newcomer) error {
	tell("made %s: %s", n.name, n.arn)
	for _, done := range n.done {
		tell("    %s", done)
	}
	if n.model != nil {
		left, err := n.model.notCopied(ctx, c.Boundary != "")
		if err != nil {
			return err
		}
		if len(n.groups) == 0 {
			note(fmt.Sprintf("%s is in no group, so that %s may do nothing", n.model.name, n.name))
		}
		for _, line := range left {
			tell("%s", line)
		}
	}
	tell("%s has no password and no key yet:", n.name)
	tell("    aws iam create-login-profile --user-name %s --password-reset-required \\\n      --password ...", n.name)
	tell("    understudy rotate %s", n.name)
	return nil
}
