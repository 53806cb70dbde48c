package advice

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/internal/awscli"
)

// called is the AWS CLI command for the call that was made, with the changes of the
// state; nil if its input is not known, or does not contain the resource that changes.
// The sentence says what the command lacks.
func (s *search) called(st *state, changes []string) (words []string, sentence string) {
	if s.Input == nil {
		return nil, ""
	}
	if of, ok := s.Input.(*awscli.Call); ok {
		return s.calledElsewhere(of, st, changes)
	}
	c := &commandLine{awscli.Arguments(s.Input)}
	if !c.move(s.Request.Resource, st.request.Resource) {
		return nil, ""
	}
	before := &state{request: *s.Request}
	if tags := st.tagWords(); !slices.Equal(tags, before.tagWords()) {
		c.set("--tags", tags)
	}
	for _, k := range optionKeys {
		was, _, _ := s.Request.Context.Lookup(k.key)
		if is, _, _ := st.request.Context.Lookup(k.key); !slices.Equal(was, is) {
			c.set(k.option, append([]string{k.option}, is...))
		}
	}
	for _, words := range options(changes) {
		if words[0] != "--tags" { // these are changed one by one
			c.set(words[0], words)
		}
	}
	words = []string{"aws", s.Service, awscli.Name(s.Operation)}
	for _, a := range append(c.list, awscli.Required(s.Operation)...) {
		if a.Withheld == "" {
			words = append(words, a.Words()...)
		} else {
			sentence += " Put in " + a.Option + ", which " + a.Withheld + "."
		}
	}
	return words, sentence
}

// optionKeys are the condition keys that correspond to an option of the call.
var optionKeys = []struct{ key, option string }{
	{"sts:ExternalId", "--external-id"}, {"sts:RoleSessionName", "--role-session-name"}, {"sts:SourceIdentity", "--source-identity"},
	{"sts:TransitiveTagKeys", "--transitive-tag-keys"}, {"iam:PermissionsBoundary", "--permissions-boundary"},
}

// options splits words into options, each with its values.
func options(words []string) (list [][]string) {
	for _, w := range words {
		if strings.HasPrefix(w, "--") || len(list) == 0 {
			list = append(list, nil)
		}
		list[len(list)-1] = append(list[len(list)-1], w)
	}
	return list
}

// commandLine has the arguments of a call, to be changed.
type commandLine struct{ list []awscli.Argument }

// set replaces the words of an option, which begin with its name. An option without
// values is removed.
func (c *commandLine) set(option string, words []string) {
	i := slices.IndexFunc(c.list, func(a awscli.Argument) bool { return a.Option == option })
	switch {
	case len(words) < 2 && i >= 0:
		c.list = slices.Delete(c.list, i, i+1)
	case len(words) < 2:
	case i >= 0:
		c.list[i] = awscli.Argument{Option: option, Values: words[1:]}
	default:
		c.list = append(c.list, awscli.Argument{Option: option, Values: words[1:]})
	}
}

// move makes the call about another resource; false if no argument names the current one.
func (c *commandLine) move(from, to string) bool {
	if from == to {
		return true
	}
	for i := range c.list {
		a := &c.list[i]
		if len(a.Values) != 1 || a.Withheld != "" {
			continue
		}
		switch {
		case a.Values[0] == from:
			a.Values = []string{to}
		case strings.HasSuffix(a.Member, "Name") && a.Values[0] == lastPart(from) && resourceType(from) == resourceType(to):
			a.Values = []string{lastPart(to)}
			c.movePath(from, to)
		default:
			continue
		}
		return true
	}
	return false
}

// movePath changes the path of a resource that the call creates. Other calls take names
// without a path.
func (c *commandLine) movePath(from, to string) {
	takesPath := slices.ContainsFunc(c.list, func(a awscli.Argument) bool { return a.Option == "--path" })
	if path := createdPath(to); takesPath && path != createdPath(from) {
		c.set("--path", []string{"--path", path})
	}
}
