package seed

import (
	"cmp"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/iam"
	"github.com/understudy-iam/understudy/principal"
)

// The output of `aws iam get-account-authorization-details` is a file too: one JSON
// object, or one for each page. It describes a real account, which may have higher
// quotas, and whose trust policies name principals of other accounts.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html

// detailLists are the members that tell such a file from others.
var detailLists = []string{"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"}

// areDetails reports whether the documents of a file are such pages.
func areDetails(nodes []*yaml.Node) bool {
	for _, n := range nodes {
		known := false
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			known = known || slices.Contains(detailLists, n.Content[i].Value)
		}
		if !known {
			return false
		}
	}
	return len(nodes) > 0
}

// unlimited are quotas without limits, since AWS raises those of real accounts.
var unlimited = func() (q iam.Quotas) {
	v := reflect.ValueOf(&q).Elem()
	for i := range v.NumField() {
		v.Field(i).SetInt(1 << 30)
	}
	return q
}()

// details reads the pages of a real account. It ignores unknown members, since AWS adds
// some now and then.
func (r *reader) details(nodes []*yaml.Node) *file {
	d := &detailReader{reader: r, accounts: map[string]*account{}, profiles: map[string]bool{}}
	for _, n := range nodes {
		m := r.mapping(n, "a page")
		for n := range m.list("Policies").each {
			d.policy(r.mapping(n, "a policy"))
		}
		for n := range m.list("GroupDetailList").each {
			d.group(r.mapping(n, "a group"))
		}
		for n := range m.list("UserDetailList").each {
			d.user(r.mapping(n, "a user"))
		}
		for n := range m.list("RoleDetailList").each {
			d.role(r.mapping(n, "a role"))
		}
	}
	f := &file{Partition: d.partition, imported: true}
	for _, id := range d.order {
		f.Accounts = append(f.Accounts, *d.accounts[id])
	}
	return f
}

type detailReader struct {
	*reader
	accounts map[string]*account
	order    []string        // of the accounts
	profiles map[string]bool // instance profiles, by ARN

	partition text // of the first ARN
}

// account returns the account that an entity's ARN names, and adds it to the file if it is new.
func (d *detailReader) account(m *mapping) *account {
	t := m.required("Arn")
	arn, _ := principal.ParseARN(t.value)
	id := arn.AccountID
	if d.err == nil && !principal.ValidAccountID(id) {
		d.fail(fault(t.line, "ARN %q of %s names no account", t.value, m.what))
	}
	if !d.partition.given() {
		d.partition = text{arn.Partition, t.line}
	}
	if d.accounts[id] == nil {
		d.accounts[id] = &account{ID: text{id, m.line}}
		d.order = append(d.order, id)
	}
	return d.accounts[id]
}

// policy reads a customer managed policy. AWS's own exist already.
func (d *detailReader) policy(m *mapping) {
	if arn, _ := principal.ParseARN(m.text("Arn").value); arn.AccountID == principal.AWSAccount {
		return
	}
	p := policy{
		Line: m.line, Name: m.text("PolicyName"), Path: m.text("Path"), ID: m.text("PolicyId"), Description: m.text("Description"),
		CreateDate: m.instant("CreateDate"), UpdateDate: m.instant("UpdateDate"), Tags: m.awsTags(),
	}
	for n := range m.list("PolicyVersionList").each {
		v := d.mapping(n, "a version")
		p.Versions = append(p.Versions, version{
			Line: v.line, ID: v.text("VersionId"), Default: v.flag("IsDefaultVersion"), CreateDate: v.instant("CreateDate"),
			Document: v.awsDocument("Document"),
		})
	}
	slices.SortFunc(p.Versions, func(a, b version) int { return cmp.Compare(a.number(), b.number()) })
	p.check(m)
	a := d.account(m)
	a.Policies = append(a.Policies, p)
}

func (d *detailReader) group(m *mapping) {
	g := group{identity: m.awsIdentity("Group"), permissions: m.awsPermissions("GroupPolicyList")}
	g.check(m)
	a := d.account(m)
	a.Groups = append(a.Groups, g)
}

func (d *detailReader) user(m *mapping) {
	u := user{
		identity: m.awsIdentity("User"), Tags: m.awsTags(), Boundary: m.awsBoundary(),
		Groups: m.texts("GroupList"), permissions: m.awsPermissions("UserPolicyList"),
	}
	u.check(m)
	a := d.account(m)
	a.Users = append(a.Users, u)
}

func (d *detailReader) role(m *mapping) {
	r := role{
		identity: m.awsIdentity("Role"), Tags: m.awsTags(), Boundary: m.awsBoundary(),
		Trust: m.awsDocument("AssumeRolePolicyDocument"), permissions: m.awsPermissions("RolePolicyList"),
	}
	if n := m.member("RoleLastUsed"); n != nil {
		used := d.mapping(n, "RoleLastUsed")
		if date := used.instant("LastUsedDate"); date.given() {
			r.LastUsed = &lastUse{Date: date, Region: used.text("Region")}
		}
	}
	r.check(m)
	a := d.account(m)
	a.Roles = append(a.Roles, r)
	for n := range m.list("InstanceProfileList").each {
		d.instanceProfile(d.mapping(n, "an instance profile"), r.Name)
	}
}

func (d *detailReader) instanceProfile(m *mapping, role text) {
	p := instanceProfile{identity: m.awsIdentity("InstanceProfile"), Role: role, Tags: m.awsTags()}
	p.check(m)
	if arn := m.text("Arn").value; !d.profiles[arn] {
		d.profiles[arn] = true
		a := d.account(m)
		a.InstanceProfiles = append(a.InstanceProfiles, p)
	}
}

// awsIdentity reads the members that name a User, Group, Role or InstanceProfile.
func (m *mapping) awsIdentity(kind string) identity {
	return identity{
		Line: m.line, Name: m.required(kind + "Name"), Path: m.text("Path"), ID: m.text(kind + "Id"), CreateDate: m.instant("CreateDate"),
	}
}

func (m *mapping) awsPermissions(inline string) permissions {
	var p permissions
	for n := range m.list("AttachedManagedPolicies").each {
		p.Policies = append(p.Policies, m.mapping(n, "an attached policy").required("PolicyArn"))
	}
	for n := range m.list(inline).each {
		x := m.mapping(n, "an inline policy")
		p.Inline = append(p.Inline, named{x.required("PolicyName"), x.awsDocument("PolicyDocument").text})
	}
	return p
}

func (m *mapping) awsTags() texts {
	var list texts
	for n := range m.list("Tags").each {
		t := m.mapping(n, "a tag")
		list = append(list, named{t.required("Key"), t.text("Value")})
	}
	return list
}

func (m *mapping) awsBoundary() text {
	n := m.member("PermissionsBoundary")
	if n == nil {
		return text{}
	}
	return m.mapping(n, "PermissionsBoundary").text("PermissionsBoundaryArn")
}

// awsDocument reads a policy document: an object, as the AWS CLI prints it, or the
// percent-encoded string that the API returns.
func (m *mapping) awsDocument(name string) content {
	t := m.documentOf(name)
	if strings.HasPrefix(t.value, "%") {
		decoded, err := url.PathUnescape(t.value)
		if err != nil || !utf8.ValidString(decoded) {
			m.fail(fault(t.line, "%s is not the percent-encoding of text in UTF-8, as it should be", name))
		}
		t.value = decoded
	}
	return content{t}
}

func (m *mapping) instant(name string) (i instant) {
	if n := m.member(name); n != nil {
		i.read(m, n, name)
	}
	return i
}

func (m *mapping) flag(name string) (f flag) {
	if n := m.member(name); n != nil {
		f.read(m, n, name)
	}
	return f
}
