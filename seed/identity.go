package seed

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

func versionID(number int) *string {
	id := "v" + strconv.Itoa(number)
	return &id
}

// identity makes a user, group or role, or brings the one that exists to what
// is declared.
func (w *writer) identity(x *identity) error {
	boundary, err := w.boundary(x)
	if err != nil {
		return err
	}
	switch x.kind {
	case "group":
		err = w.group(x)
	case "user":
		err = w.user(x, boundary)
	case "role":
		err = w.role(x, boundary)
	}
	if err != nil {
		return err
	}
	if err := w.policies(x); err != nil {
		return err
	}
	for _, g := range x.groups {
		_, err := w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: &g.value, UserName: &x.name.value})
		if err := refused(g.line, "group "+g.value, err); err != nil {
			return err
		}
	}
	return w.accessKeys(x)
}

func (w *writer) boundary(x *identity) (*string, error) {
	if !x.boundary.given() {
		return nil, nil
	}
	return w.policyARN(x.boundary)
}

func (w *writer) group(x *identity) error {
	g, err := persistence.Groups.Get(w.tx, w.account, persistence.Fold(x.name.value))
	if errors.Is(err, persistence.ErrNotFound) {
		_, err = w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: &x.name.value, Path: x.path.pointer()})
		return err
	}
	if err == nil && x.path.given() && g.Path != x.path.value {
		_, err = w.UpdateGroup(w.ctx, &iam.UpdateGroupInput{GroupName: &x.name.value, NewPath: &x.path.value})
	}
	return err
}

func (w *writer) user(x *identity, boundary *string) error {
	u, err := persistence.Users.Get(w.tx, w.account, persistence.Fold(x.name.value))
	if errors.Is(err, persistence.ErrNotFound) {
		_, err = w.CreateUser(w.ctx, &iam.CreateUserInput{
			UserName: &x.name.value, Path: x.path.pointer(), PermissionsBoundary: boundary, Tags: tagsOf(x.tags),
		})
		return err
	}
	if err != nil {
		return err
	}
	if x.path.given() && u.Path != x.path.value {
		_, err = w.UpdateUser(w.ctx, &iam.UpdateUserInput{UserName: &x.name.value, NewPath: &x.path.value})
	}
	if err == nil && len(x.tags) > 0 {
		_, err = w.TagUser(w.ctx, &iam.TagUserInput{UserName: &x.name.value, Tags: tagsOf(x.tags)})
	}
	if err == nil && boundary != nil {
		_, err = w.PutUserPermissionsBoundary(w.ctx, &iam.PutUserPermissionsBoundaryInput{UserName: &x.name.value, PermissionsBoundary: boundary})
	}
	return err
}

// untrusting is the trust policy of a new role until trusts gives it its own.
const untrusting = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`

func (w *writer) role(x *identity, boundary *string) error {
	r, err := persistence.Roles.Get(w.tx, w.account, persistence.Fold(x.name.value))
	if errors.Is(err, persistence.ErrNotFound) {
		in := &iam.CreateRoleInput{
			RoleName: &x.name.value, Path: x.path.pointer(), PermissionsBoundary: boundary, Tags: tagsOf(x.tags),
			Description: x.description.pointer(), AssumeRolePolicyDocument: new(string),
		}
		*in.AssumeRolePolicyDocument = untrusting
		if x.hasDuration {
			in.MaxSessionDuration = &x.duration
		}
		_, err = w.CreateRole(w.ctx, in)
		return err
	}
	if err != nil {
		return err
	}
	if x.path.given() && r.Path != x.path.value {
		return fault(x.path.line, "role %s exists with the path %s, and the path of a role cannot change", r.Name, r.Path)
	}
	return w.changeRole(x, r, boundary)
}

func (w *writer) changeRole(x *identity, r *persistence.Role, boundary *string) error {
	in := &iam.UpdateRoleInput{RoleName: &r.Name, Description: &r.Description, MaxSessionDuration: &r.MaxSessionDuration}
	if x.description.given() {
		in.Description = &x.description.value
	}
	if x.hasDuration {
		in.MaxSessionDuration = &x.duration
	}
	_, err := w.UpdateRole(w.ctx, in)
	if err == nil && len(x.tags) > 0 {
		_, err = w.TagRole(w.ctx, &iam.TagRoleInput{RoleName: &r.Name, Tags: tagsOf(x.tags)})
	}
	if err == nil && boundary != nil {
		_, err = w.PutRolePermissionsBoundary(w.ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: &r.Name, PermissionsBoundary: boundary})
	}
	return err
}

// trusts gives the roles their trust policies.
func (w *writer) trusts() error {
	for i := range w.declared.roles {
		x := &w.declared.roles[i]
		_, err := w.UpdateAssumeRolePolicy(w.ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &x.name.value, PolicyDocument: &x.trust.value})
		if err := refused(x.trust.line, "role "+x.name.value+": trust", err); err != nil {
			return err
		}
	}
	return nil
}

// policies puts the inline policies and attaches the managed ones.
func (w *writer) policies(x *identity) error {
	for _, p := range x.inline {
		if err := refused(p.value.line, x.kind+" "+x.name.value+": inline policy "+p.name.value, w.inline(x, p)); err != nil {
			return err
		}
	}
	for _, t := range x.policies {
		arn, err := w.policyARN(t)
		if err == nil {
			err = w.attach(x, arn)
		}
		if err := refused(t.line, x.kind+" "+x.name.value+": policy "+t.value, err); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) inline(x *identity, p named) (err error) {
	name, document := &p.name.value, &p.value.value
	switch x.kind {
	case "group":
		_, err = w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{GroupName: &x.name.value, PolicyName: name, PolicyDocument: document})
	case "user":
		_, err = w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: &x.name.value, PolicyName: name, PolicyDocument: document})
	case "role":
		_, err = w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{RoleName: &x.name.value, PolicyName: name, PolicyDocument: document})
	}
	return err
}

func (w *writer) attach(x *identity, arn *string) (err error) {
	switch x.kind {
	case "group":
		_, err = w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: &x.name.value, PolicyArn: arn})
	case "user":
		_, err = w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: &x.name.value, PolicyArn: arn})
	case "role":
		_, err = w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: &x.name.value, PolicyArn: arn})
	}
	return err
}

// accessKeys gives a user access keys with the secrets that are declared, which
// no call of IAM can.
func (w *writer) accessKeys(x *identity) error {
	if len(x.keys) == 0 {
		return nil
	}
	u, err := persistence.Users.Get(w.tx, w.account, persistence.Fold(x.name.value))
	if err != nil {
		return err
	}
	for i, k := range x.keys {
		if err := w.accessKey(u, i, k); err != nil {
			return err
		}
	}
	n, err := persistence.AccessKeysByUser.Count(w.tx, w.account, u.ID)
	if limit := w.Quotas().AccessKeysPerUser; err == nil && n > limit {
		err = fault(x.keys[0].line, "user %s would have %d access keys; a user has %d at most", u.Name, n, limit)
	}
	return err
}

func (w *writer) accessKey(u *persistence.User, position int, k accessKey) error {
	derived, err := derivedKeyID(w.account, u.Name, position)
	if err != nil {
		return err
	}
	id := derived
	if k.id.given() {
		id = k.id.value
		if account, ok := principal.AccountOfAccessKey(id); !ok || account != w.account || id[:4] != principal.LongTermKeyPrefix {
			return fault(k.id.line, "access key ID %q does not carry the account %s as AWS's do; leave it out, and it is %s", id, w.account, derived)
		}
	}
	record, err := persistence.AccessKeys.Get(w.tx, w.account, id)
	if errors.Is(err, persistence.ErrNotFound) {
		record, err = &persistence.AccessKey{ID: id, UserID: u.ID, CreateDate: w.options.Now().UTC().Truncate(time.Second)}, nil
	}
	if err != nil {
		return err
	}
	if record.UserID != u.ID {
		return fault(k.line, "access key %s is another user's", id)
	}
	record.Secret = k.secret.value
	return persistence.AccessKeys.Put(w.tx, w.account, record)
}

// derivedKeyID is the same for the same account, user and position.
func derivedKeyID(account, user string, position int) (string, error) {
	sum := sha256.Sum256(fmt.Appendf(nil, "understudy seed\x00%s\x00%s\x00%d", account, persistence.Fold(user), position))
	return principal.NewAccessKeyID(bytes.NewReader(sum[:]), principal.LongTermKeyPrefix, account)
}
