package console

import (
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// attached are managed policies that came to a principal in a way.
func attached(list []types.AttachedPolicy, way string) (held []holding) {
	for _, p := range list {
		held = append(held, holding{Name: *p.PolicyName, ARN: *p.PolicyArn, Way: way})
	}
	return held
}

// readUserPolicies reads the policies of a user and of its groups.
func (q *request) readUserPolicies(d *userData) error {
	direct, err := q.iam().ListAttachedUserPolicies(q.ctx(), &iam.ListAttachedUserPoliciesInput{UserName: d.User.UserName})
	if err != nil {
		return err
	}
	d.Policies = attached(direct.AttachedPolicies, "attached")
	inline, err := q.iam().ListUserPolicies(q.ctx(), &iam.ListUserPoliciesInput{UserName: d.User.UserName})
	if err != nil {
		return err
	}
	for _, name := range inline.PolicyNames {
		p, err := q.iam().GetUserPolicy(q.ctx(), &iam.GetUserPolicyInput{UserName: d.User.UserName, PolicyName: &name})
		if err != nil {
			return err
		}
		d.Policies = append(d.Policies, holding{Name: name, Way: "inline", Document: decoded(p.PolicyDocument)})
	}
	for _, g := range d.Groups {
		held, err := q.groupPolicies(*g.GroupName)
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

// groupPolicies reads the policies of a group.
func (q *request) groupPolicies(group string) ([]holding, error) {
	direct, err := q.iam().ListAttachedGroupPolicies(q.ctx(), &iam.ListAttachedGroupPoliciesInput{GroupName: &group})
	if err != nil {
		return nil, err
	}
	held := attached(direct.AttachedPolicies, "attached")
	inline, err := q.iam().ListGroupPolicies(q.ctx(), &iam.ListGroupPoliciesInput{GroupName: &group})
	if err != nil {
		return nil, err
	}
	for _, name := range inline.PolicyNames {
		p, err := q.iam().GetGroupPolicy(q.ctx(), &iam.GetGroupPolicyInput{GroupName: &group, PolicyName: &name})
		if err != nil {
			return nil, err
		}
		held = append(held, holding{Name: name, Way: "inline", Document: decoded(p.PolicyDocument)})
	}
	return held, nil
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
	if d.Policies, err = q.groupPolicies(name); err != nil {
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
	if d.Policies, err = q.rolePolicies(name); err != nil {
		return err
	}
	return q.show(http.StatusOK, "role", "Role "+name, d)
}

// rolePolicies reads the policies of a role.
func (q *request) rolePolicies(role string) ([]holding, error) {
	direct, err := q.iam().ListAttachedRolePolicies(q.ctx(), &iam.ListAttachedRolePoliciesInput{RoleName: &role})
	if err != nil {
		return nil, err
	}
	held := attached(direct.AttachedPolicies, "attached")
	inline, err := q.iam().ListRolePolicies(q.ctx(), &iam.ListRolePoliciesInput{RoleName: &role})
	if err != nil {
		return nil, err
	}
	for _, name := range inline.PolicyNames {
		p, err := q.iam().GetRolePolicy(q.ctx(), &iam.GetRolePolicyInput{RoleName: &role, PolicyName: &name})
		if err != nil {
			return nil, err
		}
		held = append(held, holding{Name: name, Way: "inline", Document: decoded(p.PolicyDocument)})
	}
	return held, nil
}

// decoded is a document as it was put: AWS answers it with URL encoding.
func decoded(document *string) string {
	text, err := url.PathUnescape(stringOf(document))
	if err != nil {
		return stringOf(document)
	}
	return text
}
