package authz

import (
	"fmt"
	"path"
	"reflect"
	"strings"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Bar says in sentences why the policy of a resource does not count, and what to do.
// Changing the policy does not help.
type Bar struct {
	Why string
	Do  []string // each is enough
}

// Need is one permission that a call needs: an action on a resource, with the
// condition keys that the operation supplies. A call may need several; it is
// allowed if each of them is.
type Need struct {
	Action   string // iam:CreateUser
	Resource string // an ARN, or "*" for a call without a resource type

	// Label is what a denial shows in place of Resource ("user bob" for
	// iam:GetUser); empty shows Resource.
	Label string

	// Bare says that a denial shows no resource at all.
	Bare bool

	// ActionLabel is what a denial shows in place of Action ("SNS:Publish"); empty
	// shows Action.
	ActionLabel string

	// Wide says why Resource is "*" although the action is on a particular resource, which
	// is not known. It is a clause such as "the request does not name it".
	Wide string

	// Note is a sentence that records show with the permission, or empty.
	Note string

	// Barred says why the policy of the resource does not count; nil if it counts.
	Barred *Bar

	// Owner is the account that owns the resource; empty means the caller's.
	Owner string

	// Tags are the resource's tags: aws:ResourceTag/... and iam:ResourceTag/...
	Tags []persistence.Tag

	// Keys are the other condition keys of the operation.
	Keys []Key

	// Trust says that the resource is a role to be assumed, as for sts:AssumeRole and
	// similar actions: its trust policy must allow the call.
	Trust bool

	// TrustPolicy is the stored trust policy of that role. It is empty if there is no such
	// role; then the call is always denied.
	TrustPolicy string

	// ResourcePolicy is the policy of a resource that is not a role, or empty.
	ResourcePolicy string

	tagged       bool          // the tags of a resource of another service are in Keys
	foreign      bool          // Owner is another account than the caller's
	organization *Organization // of the account that owns the resource, if any
}

// label returns what a denial shows as the resource; empty: nothing is shown.
func (n *Need) label() string {
	switch {
	case n.Bare:
		return ""
	case n.Label != "":
		return n.Label
	}
	return n.Resource
}

// actionLabel returns what a denial shows as the action.
func (n *Need) actionLabel() string {
	if n.ActionLabel != "" {
		return n.ActionLabel
	}
	return n.Action
}

// Key is a condition key with its values. Multi is true for keys that AWS
// declares as multivalued, however many values there are.
type Key struct {
	Name   string
	Values []string
	Multi  bool
}

// String returns a single-valued key.
func String(name, value string) Key { return Key{Name: name, Values: []string{value}} }

// Strings returns a multivalued key.
func Strings(name string, values ...string) Key { return Key{Name: name, Values: values, Multi: true} }

// RequestTags returns aws:RequestTag/key for each tag, and aws:TagKeys; no keys
// at all if no tags are passed.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requesttag
func RequestTags(tags []persistence.Tag) []Key {
	if len(tags) == 0 {
		return nil
	}
	list := make([]Key, 0, len(tags)+1)
	names := make([]string, 0, len(tags))
	for _, t := range tags {
		list = append(list, String("aws:RequestTag/"+t.Key, t.Value))
		names = append(names, t.Key)
	}
	return append(list, TagKeys(names...)...)
}

// TagKeys returns aws:TagKeys; nothing if there are none.
func TagKeys(names ...string) []Key {
	if len(names) == 0 {
		return nil
	}
	return []Key{Strings("aws:TagKeys", names...)}
}

// Query is what a rule can read in addition to its input.
type Query struct {
	Tx        persistence.Tx
	Caller    *principal.Caller
	Partition principal.Partition
}

// Account returns the ID of the caller's account.
func (q *Query) Account() string { return q.Caller.AccountID }

// Own returns the caller's account in its partition; it makes ARNs.
func (q *Query) Own() principal.Account {
	return q.Partition.In(q.Account())
}

// Rule says what an operation needs. An operation without a rule cannot be served.
type Rule struct {
	Operation string
	Service   string // as in a credential scope: iam, sts
	needs     func(*Query, any) ([]Need, error)
	unsigned  bool // decided by Federate
	free      bool // needs no permission
}

// Free makes the rule of an operation that every authenticated caller may call,
// whatever policies say; the operation's name comes from the name of the input type.
func Free[In any]() Rule {
	r := For(func(*Query, *In) ([]Need, error) { return nil, nil })
	r.free = true
	return r
}

// For makes a rule; the operation's name comes from the name of the input type.
// needs returns the permissions; none means that every authenticated caller may call. It
// must not fail because a named entity does not exist, since the caller may not be allowed
// to know that. An error is answered unchanged, before any decision, as AWS answers faults
// of parameters.
func For[In any](needs func(q *Query, in *In) ([]Need, error)) Rule {
	t := reflect.TypeFor[In]()
	name, ok := strings.CutSuffix(t.Name(), "Input")
	if !ok {
		panic(fmt.Sprintf("authz: %v is not the input of an operation", t))
	}
	return Rule{Operation: name, Service: principal.SigningName(path.Base(t.PkgPath())), needs: func(q *Query, in any) ([]Need, error) {
		typed, ok := in.(*In)
		if !ok {
			return nil, fmt.Errorf("authz: the input of %s is a %T", name, in)
		}
		return needs(q, typed)
	}}
}
