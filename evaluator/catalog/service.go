package catalog

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// Service is the part of the reference about one service. It does not change.
type Service struct {
	info      Info
	keys      []Key
	resources []ResourceType
	actions   []string // lines of the archive, by name without case; parsed when needed
}

// Find returns the service with the prefix, such as "iam".
func Find(prefix string) (*Service, bool) {
	a := opened()
	e := a.find(prefix)
	if e == nil {
		return nil, false
	}
	e.once.Do(func() { e.service = a.load(e) })
	return e.service, true
}

// Info returns the service's prefix and name.
func (s *Service) Info() Info { return s.info }

// Action returns the action with the name, given without prefix.
func (s *Service) Action(name string) (Action, bool) {
	lower := strings.ToLower(name)
	i, ok := slices.BinarySearchFunc(s.actions, lower, func(line, lower string) int {
		found, _, _ := strings.Cut(line, "\t")
		return -compareLower(lower, found)
	})
	if !ok {
		return Action{}, false
	}
	return s.parseAction(s.actions[i]), true
}

// Actions yields the service's actions in the order of their names.
func (s *Service) Actions() iter.Seq[Action] {
	return func(yield func(Action) bool) {
		for _, line := range s.actions {
			if !yield(s.parseAction(line)) {
				return
			}
		}
	}
}

// ActionNames yields the names of the service's actions in order, without parsing the rest
// of their entries.
func (s *Service) ActionNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, line := range s.actions {
			name, _, _ := strings.Cut(line, "\t")
			if !yield(name) {
				return
			}
		}
	}
}

// ResourceTypes returns the service's resource types in the order of their
// names.
func (s *Service) ResourceTypes() []ResourceType { return slices.Clone(s.resources) }

// ResourceType returns the resource type with the name.
func (s *Service) ResourceType(name string) (ResourceType, bool) {
	i := slices.IndexFunc(s.resources, func(r ResourceType) bool { return strings.EqualFold(r.Name, name) })
	if i < 0 {
		return ResourceType{}, false
	}
	return s.resources[i], true
}

// Keys returns the condition keys that the service uses, global ones included,
// in the order of their names.
func (s *Service) Keys() []Key { return slices.Clone(s.keys) }

// read fills s from its lines: K name type, R name keys pattern..., and
// A name access resources keys dependents scenarios.
func (s *Service) read(text string) {
	for line := range strings.Lines(text) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		switch kind {
		case "K":
			s.keys = append(s.keys, parseKey(rest))
		case "R":
			f := strings.Split(rest, "\t")
			s.resources = append(s.resources, ResourceType{Name: f[0], ConditionKeys: s.keyNames(f[1]), Patterns: f[2:]})
		case "A":
			s.actions = append(s.actions, rest)
		}
	}
}

func parseKey(line string) Key {
	name, of, _ := strings.Cut(line, "\t")
	return Key{Name: name, Type: KeyType(of), MultiValued: MultiValued(name)}
}

var accessLevels = map[byte]AccessLevel{
	'L': List, 'R': Read, 'W': Write, 'T': Tagging, 'P': PermissionsManagement,
}

func (s *Service) parseAction(line string) Action {
	var f [6]string // the writer leaves out empty fields at the end
	copy(f[:], strings.Split(line, "\t"))
	a := Action{
		Service:        s.info.Prefix,
		Name:           f[0],
		Access:         accessLevels[f[1][0]],
		PermissionOnly: strings.HasSuffix(f[1], "o"),
		Resources:      s.parseResources(f[2]),
		ConditionKeys:  s.keyNames(f[3]),
	}
	if f[4] != "" {
		a.DependentActions = strings.Split(f[4], ",")
	}
	for _, text := range split(f[5], "|") {
		name, types, _ := strings.Cut(text, "=")
		a.Scenarios = append(a.Scenarios, Scenario{name, s.parseResources(types)})
	}
	return a
}

// parseResources reads "3;4*;5:1,2": numbers of resource types, a star where
// required, and numbers of keys after a colon.
func (s *Service) parseResources(text string) []ActionResource {
	var out []ActionResource
	for _, item := range split(text, ";") {
		item, keys, _ := strings.Cut(item, ":")
		item, required := strings.CutSuffix(item, "*")
		out = append(out, ActionResource{s.resources[number(item)], required, s.keyNames(keys)})
	}
	return out
}

// keyNames reads numbers of keys: "1,2".
func (s *Service) keyNames(text string) []string {
	var out []string
	for _, item := range split(text, ",") {
		out = append(out, s.keys[number(item)].Name)
	}
	return out
}

// split is strings.Split, but returns nothing for the empty string.
func split(text, separator string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, separator)
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("catalog: the embedded archive is damaged: %v", err))
	}
	return n
}
