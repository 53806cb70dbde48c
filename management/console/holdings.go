package console

import (
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// attached are managed policies that a principal holds.
func attached(list []types.AttachedPolicy) (held []holding) {
	for _, p := range list {
		held = append(held, holding{Name: *p.PolicyName, ARN: *p.PolicyArn, Way: "attached"})
	}
	return held
}

// withInline adds inline policies, whose documents are read one by one. With an error it
// returns what was read before.
func withInline(held []holding, names []string, document func(name *string) (*string, error)) ([]holding, error) {
	for _, name := range names {
		text, err := document(&name)
		if err != nil {
			return held, err
		}
		held = append(held, holding{Name: name, Way: "inline", Document: decoded(text)})
	}
	return held, nil
}

// userPolicies reads the policies that a user holds itself, as withInline does.
func (q *request) userPolicies(user *string) ([]holding, error) {
	managed, err := q.iam().ListAttachedUserPolicies(q.ctx(), &iam.ListAttachedUserPoliciesInput{UserName: user})
	if err != nil {
		return nil, err
	}
	held := attached(managed.AttachedPolicies)
	inline, err := q.iam().ListUserPolicies(q.ctx(), &iam.ListUserPoliciesInput{UserName: user})
	if err != nil {
		return held, err
	}
	return withInline(held, inline.PolicyNames, func(name *string) (*string, error) {
		p, err := q.iam().GetUserPolicy(q.ctx(), &iam.GetUserPolicyInput{UserName: user, PolicyName: name})
		if err != nil {
			return nil, err
		}
		return p.PolicyDocument, nil
	})
}

// groupPolicies reads the policies of a group.
func (q *request) groupPolicies(group *string) ([]holding, error) {
	managed, err := q.iam().ListAttachedGroupPolicies(q.ctx(), &iam.ListAttachedGroupPoliciesInput{GroupName: group})
	if err != nil {
		return nil, err
	}
	held := attached(managed.AttachedPolicies)
	inline, err := q.iam().ListGroupPolicies(q.ctx(), &iam.ListGroupPoliciesInput{GroupName: group})
	if err != nil {
		return held, err
	}
	return withInline(held, inline.PolicyNames, func(name *string) (*string, error) {
		p, err := q.iam().GetGroupPolicy(q.ctx(), &iam.GetGroupPolicyInput{GroupName: group, PolicyName: name})
		if err != nil {
			return nil, err
		}
		return p.PolicyDocument, nil
	})
}

// rolePolicies reads the policies of a role.
func (q *request) rolePolicies(role *string) ([]holding, error) {
	managed, err := q.iam().ListAttachedRolePolicies(q.ctx(), &iam.ListAttachedRolePoliciesInput{RoleName: role})
	if err != nil {
		return nil, err
	}
	held := attached(managed.AttachedPolicies)
	inline, err := q.iam().ListRolePolicies(q.ctx(), &iam.ListRolePoliciesInput{RoleName: role})
	if err != nil {
		return held, err
	}
	return withInline(held, inline.PolicyNames, func(name *string) (*string, error) {
		p, err := q.iam().GetRolePolicy(q.ctx(), &iam.GetRolePolicyInput{RoleName: role, PolicyName: name})
		if err != nil {
			return nil, err
		}
		return p.PolicyDocument, nil
	})
}

// readUserPolicies reads the policies of a user and of its groups.
func (q *request) readUserPolicies(d *userData) (err error) {
	if d.Policies, err = q.userPolicies(d.User.UserName); err != nil {
		return err
	}
	for _, g := range d.Groups {
		held, err := q.groupPolicies(g.GroupName)
		if err != nil {
			return err
		}
		for _, h := range held {
			h.Way += ", by the group " + *g.GroupName
			d.Policies = append(d.Policies, h)
		}
	}
	return nil
}

// groupData is what the page of a group shows.
type groupData struct {
	Group    *types.Group
	Users    []types.User
	Next     bool // there are more users
	Policies []holding
}

func (q *request) showGroup() error {
	name := q.variable("name")
	out, err := q.iam().GetGroup(q.ctx(), &iam.GetGroupInput{GroupName: &name})
	if err != nil {
		return err
	}
	d := &groupData{Group: out.Group, Users: out.Users, Next: out.IsTruncated}
	if d.Policies, err = q.groupPolicies(&name); err != nil {
		return err
	}
	return q.show(http.StatusOK, "group", "Group "+name, d)
}

// roleData is what the page of a role shows.
type roleData struct {
	Role     *types.Role
	Trust    string
	Policies []holding
}

func (q *request) showRole() error {
	name := q.variable("name")
	out, err := q.iam().GetRole(q.ctx(), &iam.GetRoleInput{RoleName: &name})
	if err != nil {
		return err
	}
	d := &roleData{Role: out.Role, Trust: decoded(out.Role.AssumeRolePolicyDocument)}
	if d.Policies, err = q.rolePolicies(&name); err != nil {
		return err
	}
	return q.show(http.StatusOK, "role", "Role "+name, d)
}

// decoded is a document as it was put: AWS answers it with URL encoding.
func decoded(document *string) string {
	text, err := url.PathUnescape(stringOf(document))
	if err != nil {
		return stringOf(document)
	}
	return text
}
