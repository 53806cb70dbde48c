package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// newcomer is a user who is being created.
type newcomer struct {
	client *iam.Client
	in     *iam.CreateUserInput
	name   string
	groups []string
	model  *person // whose groups are joined; nil: nobody

	arn  string
	done []string // the calls, as commands of the AWS CLI
}

// make creates the user completely, or not at all.
func (n *newcomer) make(ctx context.Context) error {
	out, err := n.client.CreateUser(ctx, n.in)
	if err != nil {
		return spoken(err)
	}
	n.arn, n.done = aws.ToString(out.User.Arn), append(n.done, awsCommand("CreateUser", n.in))
	for i, group := range n.groups {
		in := &iam.AddUserToGroupInput{GroupName: &group, UserName: &n.name}
		if _, err := n.client.AddUserToGroup(ctx, in); err != nil {
			return n.takeBack(context.WithoutCancel(ctx), n.groups[:i], fmt.Errorf("%s could not join %s: %w", n.name, group, spoken(err)))
		}
		n.done = append(n.done, awsCommand("AddUserToGroup", in))
	}
	return nil
}

// takeBack undoes what was done before cause, and says what it could not undo.
func (n *newcomer) takeBack(ctx context.Context, joined []string, cause error) error {
	var left []string
	for _, group := range joined {
		in := &iam.RemoveUserFromGroupInput{GroupName: &group, UserName: &n.name}
		if _, err := n.client.RemoveUserFromGroup(ctx, in); err != nil {
			left = append(left, awsCommand("RemoveUserFromGroup", in))
		}
	}
	in := &iam.DeleteUserInput{UserName: &n.name}
	if _, err := n.client.DeleteUser(ctx, in); err != nil {
		left = append(left, awsCommand("DeleteUser", in))
	}
	if len(left) == 0 {
		return fmt.Errorf("%w; what was made before is deleted again, so that there is no %s", cause, n.name)
	}
	return fmt.Errorf("%w; %s is half made and could not be deleted, so do it with: %s", cause, n.name, strings.Join(left, " && "))
}

// notCopied has a line for each thing that the person has besides groups.
func (p *person) notCopied(ctx context.Context, bounded bool) ([]string, error) {
	user, err := p.client.GetUser(ctx, &iam.GetUserInput{UserName: &p.name})
	if err != nil {
		return nil, spoken(err)
	}
	attached, err := p.client.ListAttachedUserPolicies(ctx, &iam.ListAttachedUserPoliciesInput{UserName: &p.name})
	if err != nil {
		return nil, spoken(err)
	}
	inline, err := p.client.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: &p.name})
	if err != nil {
		return nil, spoken(err)
	}
	var own []string
	for _, a := range attached.AttachedPolicies {
		own = append(own, "    attached policy "+*a.PolicyArn)
	}
	for _, name := range inline.PolicyNames {
		own = append(own, "    inline policy "+name)
	}
	var lines []string
	if len(own) > 0 {
		lines = append(lines, fmt.Sprintf("not copied, since %s was given it as one person, and a right that belongs to no\n"+
			"group is seldom found when its reason is gone; put it in a group if it is needed:", p.name))
		lines = append(lines, own...)
	}
	if b := user.User.PermissionsBoundary; b != nil && !bounded {
		lines = append(lines, "not copied, since it limits instead of granting; without it the new user may do\nmore: --boundary "+
			aws.ToString(b.PermissionsBoundaryArn))
	}
	switch n := len(user.User.Tags); n {
	case 0:
	case 1:
		lines = append(lines, "not copied: 1 tag, by which policies may grant; give it with --tag")
	default:
		lines = append(lines, fmt.Sprintf("not copied: %d tags, by which policies may grant; give them with --tag", n))
	}
	return lines, nil
}
