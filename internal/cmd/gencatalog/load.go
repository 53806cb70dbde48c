package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/internal/npm"
)

// data is the whole reference.
type data struct {
	services []service // by prefix
	globals  []key
	aliases  []alias // by prefix
}

// alias names the service that lists keys with a prefix other than its own, such as
// "saml" of sts.
type alias struct{ prefix, service string }

type service struct {
	prefix    string
	name      string
	rcp       bool // resource control policies apply to it
	actions   []action
	resources []resource
	keys      []key
}

type action struct {
	Name           string
	AccessLevel    string
	ResourceTypes  []actionResource
	ConditionKeys  []string
	Dependent      []string `json:"dependentActions"`
	PermissionOnly bool     `json:"isPermissionOnly"`
	Scenarios      []scenario
}

type actionResource struct {
	Name          string
	Required      bool
	ConditionKeys []string
	Dependent     []string `json:"dependentActions"`
}

type scenario struct {
	Name          string
	ResourceTypes []actionResource
}

type resource struct {
	Key           string
	ARN           string
	ConditionKeys []string
}

type key struct {
	Key  string
	Type string
}

// load reads the newer release and, for the actions that the older one has
// too, its dependent actions and permission-only marks.
func load(from string) (data, error) {
	files, err := npm.Open(reference, from)
	if err != nil {
		return data{}, err
	}
	past, err := npm.Open(older, from)
	if err != nil {
		return data{}, err
	}
	services, err := loadServices(files, past)
	if err != nil {
		return data{}, err
	}
	aliases, err := loadAliases(files)
	if err != nil {
		return data{}, err
	}
	globals, err := loadGlobals(files)
	if err != nil {
		return data{}, err
	}
	d := data{services, globals, aliases}
	return d, d.addNewer()
}

func loadServices(files, past fs.FS) ([]service, error) {
	var names map[string]string
	var rcp []string
	if err := errors.Join(read(files, "serviceNames", &names), read(files, "rcpSupportedServices", &rcp)); err != nil {
		return nil, err
	}
	var services []service
	for _, prefix := range slices.Sorted(maps.Keys(names)) {
		s := service{prefix: prefix, name: names[prefix], rcp: slices.Contains(rcp, prefix)}
		if err := s.load(files, past); err != nil {
			return nil, fmt.Errorf("%s: %w", prefix, err)
		}
		services = append(services, s)
	}
	return services, nil
}

func (s *service) load(files, past fs.FS) error {
	var actions, before map[string]action
	var resources map[string]resource
	var keys map[string]key
	err := errors.Join(
		read(files, "actions/"+s.prefix, &actions),
		read(files, "resourceTypes/"+s.prefix, &resources),
		read(files, "conditionKeys/"+s.prefix, &keys),
	)
	if err != nil {
		return err
	}
	if err := read(past, "actions/"+s.prefix, &before); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for id, a := range actions {
		a.PermissionOnly = before[id].PermissionOnly
		a.Dependent = dependents(before[id])
		s.actions = append(s.actions, a)
	}
	s.resources = slices.AppendSeq(s.resources, maps.Values(resources))
	s.keys = slices.AppendSeq(s.keys, maps.Values(keys))
	slices.SortFunc(s.actions, func(a, b action) int { return compareFold(a.Name, b.Name) })
	slices.SortFunc(s.resources, func(a, b resource) int { return compareFold(a.Key, b.Key) })
	slices.SortFunc(s.keys, byKey)
	return nil
}

// dependents returns what must also be allowed for the action. The older release
// lists a dependent action with a resource type if the type requires it.
func dependents(a action) []string {
	all := slices.Clone(a.Dependent)
	for _, r := range a.ResourceTypes {
		all = append(all, r.Dependent...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func compareFold(a, b string) int {
	return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
}

func loadAliases(files fs.FS) ([]alias, error) {
	var services map[string][]string
	if err := read(files, "unassociatedConditions", &services); err != nil {
		return nil, err
	}
	var aliases []alias
	for _, prefix := range slices.Sorted(maps.Keys(services)) {
		if len(services[prefix]) != 1 {
			return nil, fmt.Errorf("keys of %s belong to %v", prefix, services[prefix])
		}
		aliases = append(aliases, alias{prefix, services[prefix][0]})
	}
	return aliases, nil
}

// globalKey matches one entry of the package's list of global keys, which is source
// code.
var globalKey = regexp.MustCompile(`key: '([^']+)',\s+category: '[^']*',\s+type: '([^']+)'`)

// loadGlobals reads the global keys. Their placeholder "tag-key" is written as
// the services write theirs.
func loadGlobals(files fs.FS) ([]key, error) {
	source, err := fs.ReadFile(files, "dist/esm/globalConditionKeys.js")
	if err != nil {
		return nil, err
	}
	var keys []key
	for _, match := range globalKey.FindAllStringSubmatch(string(source), -1) {
		keys = append(keys, key{strings.Replace(match[1], "/tag-key", "/${TagKey}", 1), match[2]})
	}
	if n := strings.Count(string(source), "key: '"); n != len(keys) {
		return nil, fmt.Errorf("read %d of %d global keys", len(keys), n)
	}
	slices.SortFunc(keys, byKey)
	return keys, nil
}

func read(files fs.FS, name string, into any) error {
	text, err := fs.ReadFile(files, "data/"+name+".json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
