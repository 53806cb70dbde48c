package seed

import (
	"errors"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/evaluator"
	iamsvc "github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// collect returns everything that a scan yields.
func collect[R any](scan iter.Seq2[*R, error]) ([]*R, error) {
	var list []*R
	for r, err := range scan {
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func (w *writer) boundary(t text) (*string, error) {
	if !t.given() {
		return nil, nil
	}
	return w.policyARN(t)
}

func (w *writer) group(x *group) error {
	g, err := persistence.Groups.Get(w.tx, w.account, x.Name.value)
	made := absent(err)
	if made {
		w.on(x.CreateDate)
		_, err = w.CreateGroup(w.ctx, &iam.CreateGroupInput{GroupName: &x.Name.value, Path: x.Path.pointer()})
	} else if err == nil && x.Path.given() && g.Path != x.Path.value {
		_, err = w.UpdateGroup(w.ctx, &iam.UpdateGroupInput{GroupName: &x.Name.value, NewPath: &x.Path.value})
	}
	if err != nil {
		return err
	}
	err = persistence.Groups.Change(w.tx, w.account, func(g *persistence.Group) (err error) {
		x.CreateDate.into(&g.CreateDate)
		g.ID, err = w.identityID(&x.identity, "group", g.ID, made, persistence.GroupsByID.Any)
		return err
	}, x.Name.value)
	if err != nil {
		return err
	}
	return w.policies(holder{kind: "group", name: x.Name.value}, &x.permissions)
}

// identityID returns the ID that a user, group or role should have: the declared one if
// it was just made, else its current one. taken says whether something else has the ID.
func (w *writer) identityID(x *identity, what, has string, made bool,
	taken func(persistence.Tx, string, ...string) (bool, error)) (string, error) {
	if !x.ID.given() || x.ID.value == has {
		return has, nil
	}
	if !made {
		return has, otherID(x.ID, what, x.Name.value, has)
	}
	return x.ID.value, w.claim(x.ID, func() (bool, error) { return taken(w.tx, w.account, x.ID.value) })
}

func (w *writer) user(x *user) error {
	boundary, err := w.boundary(x.Boundary)
	if err != nil {
		return err
	}
	u, err := persistence.Users.Get(w.tx, w.account, x.Name.value)
	made := absent(err)
	switch {
	case made:
		w.on(x.CreateDate)
		_, err = w.CreateUser(w.ctx, &iam.CreateUserInput{
			UserName: &x.Name.value, Path: x.Path.pointer(), PermissionsBoundary: boundary, Tags: tagsOf(x.Tags),
		})
	case err == nil:
		err = w.changeUser(x, u, boundary)
	}
	if err != nil {
		return err
	}
	if err := w.stampUser(x, made); err != nil {
		return err
	}
	if err := w.policies(holder{kind: "user", name: x.Name.value}, &x.permissions); err != nil {
		return err
	}
	for _, g := range x.Groups {
		_, err := w.AddUserToGroup(w.ctx, &iam.AddUserToGroupInput{GroupName: &g.value, UserName: &x.Name.value})
		if w.imported && isAbsent(err) {
			w.warn(g.line, "user %s: group %s is not in the file", x.Name.value, g.value)
			continue
		}
		if isAbsent(err) {
			return guessed(refused(g.line, "group "+g.value, err), g.value, w.groupNames())
		}
		if err := refused(g.line, "group "+g.value, err); err != nil {
			return err
		}
	}
	return w.credentials(x)
}

func (w *writer) changeUser(x *user, u *persistence.User, boundary *string) (err error) {
	if x.Path.given() && u.Path != x.Path.value {
		_, err = w.UpdateUser(w.ctx, &iam.UpdateUserInput{UserName: &x.Name.value, NewPath: &x.Path.value})
	}
	if err == nil {
		err = tag(w.ctx, w.TagUser, &iam.TagUserInput{UserName: &x.Name.value, Tags: tagsOf(x.Tags)}, tagsOf(x.Tags))
	}
	if err == nil && boundary != nil {
		_, err = w.PutUserPermissionsBoundary(w.ctx,
			&iam.PutUserPermissionsBoundaryInput{UserName: &x.Name.value, PermissionsBoundary: boundary})
	}
	return err
}

// stampUser gives a user the declared ID and dates.
func (w *writer) stampUser(x *user, made bool) error {
	return persistence.Users.Change(w.tx, w.account, func(u *persistence.User) (err error) {
		x.CreateDate.into(&u.CreateDate)
		x.PasswordLastUsed.into(&u.PasswordLastUsed)
		u.ID, err = w.identityID(&x.identity, "user", u.ID, made, persistence.UsersByID.Any)
		return err
	}, x.Name.value)
}

// untrusting is the trust policy of a new role until trusts sets the declared one.
const untrusting = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`

// role makes a role, or changes the existing one to what is declared. Since roles of AWS
// cannot be changed, and are recognised by their paths, such a role gets its path last.
func (w *writer) role(x *role) error {
	if err := w.nameRole(x); err != nil {
		return err
	}
	boundary, err := w.boundary(x.Boundary)
	if err != nil {
		return err
	}
	r, err := persistence.Roles.Get(w.tx, w.account, x.Name.value)
	made := absent(err)
	path := x.Path.value
	switch {
	case made:
		err = w.newRole(x, boundary)
	case err == nil && x.Path.given() && r.Path != path:
		err = fault(x.Path.line, "role %s exists with the path %s, and the path of a role cannot change", r.Name, r.Path)
	case err == nil:
		path = r.Path
		if iamsvc.IsProtectedPath(path) {
			r.Path = "/"
			err = persistence.Roles.Put(w.tx, w.account, r)
		}
		if err == nil {
			err = w.changeRole(x, r, boundary)
		}
	}
	if err != nil {
		return err
	}
	if err := w.stampRole(x, made); err != nil {
		return err
	}
	if err := w.policies(holder{"role", x.Name.value, iamsvc.IsProtectedPath(path)}, &x.permissions); err != nil {
		return err
	}
	return w.protectRole(x.Name.value, path)
}

// protectRole gives a role of AWS its path.
func (w *writer) protectRole(name, path string) error {
	if !iamsvc.IsProtectedPath(path) {
		return nil
	}
	return persistence.Roles.Change(w.tx, w.account, func(r *persistence.Role) error {
		r.Path = path
		return nil
	}, name)
}

// nameRole makes a role whose name comes from its service or its template, unless the
// role exists.
func (w *writer) nameRole(x *role) error {
	switch {
	case x.Name.given():
		return nil
	case x.Template != nil:
		out, err := w.AcquireRole(w.ctx, &iam.AcquireRoleInput{
			TemplateArn: &x.Template.ARN.value, TemplateMinorVersion: x.Template.Minor.pointer(),
			ReplacementValues: x.Template.replacements(),
		})
		if err != nil {
			return err
		}
		x.Name = text{*out.Role.RoleName, x.Line}
		return nil
	}
	name, err := w.ServiceLinkedRoleName(x.Service.value, x.Suffix.pointer())
	if err != nil {
		return err
	}
	known, err := persistence.Roles.Has(w.tx, w.account, name)
	if err == nil && !known {
		w.on(x.CreateDate)
		_, err = w.CreateServiceLinkedRole(w.ctx, &iam.CreateServiceLinkedRoleInput{
			AWSServiceName: &x.Service.value, CustomSuffix: x.Suffix.pointer(), Description: x.Description.pointer(),
		})
	}
	x.Name = text{name, x.Line}
	return err
}

func (t *roleTemplate) values() map[string][]string {
	values := map[string][]string{}
	for _, p := range t.Parameters {
		values[p.name.value] = textValues(p.values)
	}
	return values
}

func (t *roleTemplate) replacements() map[string]types.ReplacementValueEntry {
	entries := map[string]types.ReplacementValueEntry{}
	for name, values := range t.values() {
		entries[name] = types.ReplacementValueEntry{Values: values}
	}
	return entries
}

// textValues returns the strings of a list; nil for an empty one.
func textValues(list []text) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.value)
	}
	return out
}

func (w *writer) newRole(x *role, boundary *string) error {
	document := untrusting
	in := &iam.CreateRoleInput{
		RoleName: &x.Name.value, Path: x.Path.pointer(), PermissionsBoundary: boundary, Tags: tagsOf(x.Tags),
		Description: x.Description.pointer(), AssumeRolePolicyDocument: &document, MaxSessionDuration: x.MaxSessionDuration.pointer(),
	}
	if iamsvc.IsProtectedPath(x.Path.value) {
		in.Path = nil
	}
	w.on(x.CreateDate)
	_, err := w.CreateRole(w.ctx, in)
	return err
}

func (w *writer) changeRole(x *role, r *persistence.Role, boundary *string) error {
	in := &iam.UpdateRoleInput{RoleName: &r.Name, Description: &r.Description, MaxSessionDuration: &r.MaxSessionDuration}
	if x.Description.given() {
		in.Description = &x.Description.value
	}
	if x.MaxSessionDuration.given() {
		in.MaxSessionDuration = x.MaxSessionDuration.pointer()
	}
	_, err := w.UpdateRole(w.ctx, in)
	if err == nil {
		err = tag(w.ctx, w.TagRole, &iam.TagRoleInput{RoleName: &r.Name, Tags: tagsOf(x.Tags)}, tagsOf(x.Tags))
	}
	if err == nil && boundary != nil {
		_, err = w.PutRolePermissionsBoundary(w.ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: &r.Name, PermissionsBoundary: boundary})
	}
	return err
}

// stampRole gives a role the declared ID, dates and origin.
func (w *writer) stampRole(x *role, made bool) error {
	return persistence.Roles.Change(w.tx, w.account, func(r *persistence.Role) (err error) {
		x.CreateDate.into(&r.CreateDate)
		if x.LastUsed != nil {
			r.LastUsedDate, r.LastUsedRegion = x.LastUsed.Date.value, x.LastUsed.Region.value
		}
		if x.Template != nil && x.Trust.given() {
			r.Template = &persistence.RoleSource{ARN: x.Template.ARN.value, Minor: x.Template.Minor.int32()}
			if len(x.Template.Parameters) > 0 {
				r.Template.Values = x.Template.values()
			}
		}
		r.ID, err = w.identityID(&x.identity, "role", r.ID, made, persistence.RolesByID.Any)
		return err
	}, x.Name.value)
}

// trusts gives the roles their trust policies.
func (w *writer) trusts() error {
	for i := range w.declared.Roles {
		x := &w.declared.Roles[i]
		if !x.Trust.given() {
			continue
		}
		w.need("ACLSizePerRole", evaluator.Size(x.Trust.value))
		err := w.DeclareTrust(w.ctx, x.Name.value, x.Trust.value, func(ref evaluator.PrincipalRef) bool { return w.keepPrincipal(x, ref) })
		if err := refused(x.Trust.line, "role "+x.Name.value+": trust", err); err != nil {
			return err
		}
	}
	return nil
}

// keepPrincipal reports whether a principal that does not exist stays in a trust policy.
// A unique ID stays, since it belonged to a principal that was deleted. In the output for
// a real account other principals may be elsewhere, so they stay too, and an export of
// such an account says so.
func (w *writer) keepPrincipal(x *role, ref evaluator.PrincipalRef) bool {
	switch {
	case ref.Type == "AWS" && iamsvc.IsUniqueID(ref.Value), ref.Type == "Service" && iamsvc.IsProtectedPath(x.Path.value),
		x.UnknownPrincipals.value:
		return true
	case w.imported:
		w.warn(x.Trust.line, "role %s trusts %q, which does not exist here; it stays in the trust policy", x.Name.value, ref.Value)
		return true
	}
	return false
}

// holder is a user, group or role that has policies.
type holder struct {
	kind, name string
	own        bool // a role of AWS
}

// policies writes the inline policies and attaches the managed ones.
func (w *writer) policies(h holder, x *permissions) error {
	for _, p := range x.Inline {
		if err := refused(p.value.line, h.kind+" "+h.name+": inline policy "+p.name.value, w.inline(h, p)); err != nil {
			return err
		}
	}
	for _, t := range x.Policies {
		arn, err := w.policyARN(t)
		if err == nil {
			err = w.attach(h, arn)
		}
		if w.imported && isAbsent(err) {
			w.warn(t.line, "%s %s: policy %s does not exist here and is not attached", h.kind, h.name, t.value)
			continue
		}
		if err := refused(t.line, h.kind+" "+h.name+": policy "+t.value, err); err != nil {
			return err
		}
	}
	if len(x.Policies) == 0 {
		return nil
	}
	return w.needAttachments(h)
}

// isAbsent reports whether the error says that a policy or group does not exist: an error
// of AWS, or one about an unknown short name.
func isAbsent(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && strings.HasPrefix(api.ErrorCode(), "NoSuchEntity")
}

func (w *writer) inline(h holder, p named) (err error) {
	name, document := &p.name.value, &p.value.value
	switch h.kind {
	case "group":
		_, err = w.PutGroupPolicy(w.ctx, &iam.PutGroupPolicyInput{GroupName: &h.name, PolicyName: name, PolicyDocument: document})
	case "user":
		_, err = w.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: &h.name, PolicyName: name, PolicyDocument: document})
	case "role":
		_, err = w.PutRolePolicy(w.ctx, &iam.PutRolePolicyInput{RoleName: &h.name, PolicyName: name, PolicyDocument: document})
	}
	return err
}

func (w *writer) attach(h holder, arn *string) (err error) {
	switch {
	case h.own && strings.HasPrefix(*arn, w.own().Partition.AWSPolicy(principal.ServiceRoles[1:])):
		return w.attachServicePolicy(h.name, *arn)
	case h.kind == "group":
		_, err = w.AttachGroupPolicy(w.ctx, &iam.AttachGroupPolicyInput{GroupName: &h.name, PolicyArn: arn})
	case h.kind == "user":
		_, err = w.AttachUserPolicy(w.ctx, &iam.AttachUserPolicyInput{UserName: &h.name, PolicyArn: arn})
	case h.kind == "role":
		_, err = w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: &h.name, PolicyArn: arn})
	}
	return err
}

// attachServicePolicy attaches a policy that no call can attach.
func (w *writer) attachServicePolicy(role, arn string) error {
	if _, ok := iamsvc.ManagedDocument(arn); !ok {
		_, err := w.AttachRolePolicy(w.ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
		return err // the error that there is no such policy
	}
	r, err := persistence.Roles.Get(w.tx, w.account, role)
	if err != nil {
		return err
	}
	return persistence.Attachments.Put(w.tx, w.account, &persistence.Attachment{
		EntityID: r.ID, PolicyARN: arn, PolicyName: principal.Name(arn),
	})
}
