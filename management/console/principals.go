package console

import (
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// pageSize is how many principals a page has.
const pageSize = 100

// principalsData is a page of users, groups or roles.
type principalsData struct {
	Kind   string // users, groups or roles
	Prefix string // of the paths
	List   []principalRow
	Next   string // where the next page begins; empty: this is the last
}

// Kinds are those of principals.
func (*principalsData) Kinds() []string { return []string{"users", "groups", "roles"} }

// principalRow is a principal in a list.
type principalRow struct {
	Name, ARN, Path string
	Created         *time.Time
}

func (q *request) listPrincipals() error {
	d := &principalsData{Kind: q.value("kind"), Prefix: q.value("path")}
	if !slices.Contains(d.Kinds(), d.Kind) {
		d.Kind = "users"
	}
	var prefix, marker *string
	if d.Prefix != "" {
		prefix = &d.Prefix
	}
	if after := q.value("after"); after != "" {
		marker = &after
	}
	if err := q.fill(d, prefix, marker); err != nil {
		return q.again(err, func(q *request) error { return q.show(q.problem.status, "principals", "Principals", d) })
	}
	return q.show(http.StatusOK, "principals", "Principals", d)
}

// fill reads a page of the kind.
func (q *request) fill(d *principalsData, prefix, marker *string) error {
	size := aws.Int32(pageSize)
	switch d.Kind {
	case "groups":
		out, err := q.iam().ListGroups(q.ctx(), &iam.ListGroupsInput{PathPrefix: prefix, Marker: marker, MaxItems: size})
		if err != nil {
			return err
		}
		for _, g := range out.Groups {
			d.List = append(d.List, principalRow{Name: *g.GroupName, ARN: *g.Arn, Path: *g.Path, Created: g.CreateDate})
		}
		d.Next = aws.ToString(out.Marker)
	case "roles":
		out, err := q.iam().ListRoles(q.ctx(), &iam.ListRolesInput{PathPrefix: prefix, Marker: marker, MaxItems: size})
		if err != nil {
			return err
		}
		for _, r := range out.Roles {
			d.List = append(d.List, principalRow{Name: *r.RoleName, ARN: *r.Arn, Path: *r.Path, Created: r.CreateDate})
		}
		d.Next = aws.ToString(out.Marker)
	default:
		out, err := q.iam().ListUsers(q.ctx(), &iam.ListUsersInput{PathPrefix: prefix, Marker: marker, MaxItems: size})
		if err != nil {
			return err
		}
		for _, u := range out.Users {
			d.List = append(d.List, principalRow{Name: *u.UserName, ARN: *u.Arn, Path: *u.Path, Created: u.CreateDate})
		}
		d.Next = aws.ToString(out.Marker)
	}
	return nil
}

// holding is a policy of a principal and how it comes to it.
type holding struct {
	Name, ARN string // an inline policy has no ARN
	Way       string // such as "attached" or "by the group developers"
	Document  string // of an inline policy
}

// userData is what the page of a user shows.
type userData struct {
	User     *types.User
	Groups   []types.Group
	Keys     []keyRow
	Devices  []types.MFADevice
	Policies []holding
	Gone     string // why a part of it is not shown; empty: all is
}

// keyRow is an access key with its last use.
type keyRow struct {
	types.AccessKeyMetadata
	Used *types.AccessKeyLastUsed
}

// showUser shows a user. What the identity of the browser may not read is left out, and the
// page says so.
func (q *request) showUser() error {
	name := q.variable("name")
	out, err := q.iam().GetUser(q.ctx(), &iam.GetUserInput{UserName: &name})
	if err != nil {
		return err
	}
	d := &userData{User: out.User}
	for _, read := range []func(*userData) error{q.readGroups, q.readKeys, q.readDevices, q.readUserPolicies} {
		if err := read(d); err != nil {
			p, explained := q.explain(err)
			if !explained {
				return err
			}
			d.Gone = p.Sentence
		}
	}
	return q.show(http.StatusOK, "user", "User "+name, d)
}

func (q *request) readGroups(d *userData) error {
	out, err := q.iam().ListGroupsForUser(q.ctx(), &iam.ListGroupsForUserInput{UserName: d.User.UserName})
	if err != nil {
		return err
	}
	d.Groups = out.Groups
	return nil
}

func (q *request) readKeys(d *userData) error {
	out, err := q.iam().ListAccessKeys(q.ctx(), &iam.ListAccessKeysInput{UserName: d.User.UserName})
	if err != nil {
		return err
	}
	for _, k := range out.AccessKeyMetadata {
		used, err := q.iam().GetAccessKeyLastUsed(q.ctx(), &iam.GetAccessKeyLastUsedInput{AccessKeyId: k.AccessKeyId})
		if err != nil {
			return err
		}
		d.Keys = append(d.Keys, keyRow{k, used.AccessKeyLastUsed})
	}
	return nil
}

func (q *request) readDevices(d *userData) error {
	out, err := q.iam().ListMFADevices(q.ctx(), &iam.ListMFADevicesInput{UserName: d.User.UserName})
	if err != nil {
		return err
	}
	d.Devices = out.MFADevices
	return nil
}
