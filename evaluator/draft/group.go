package draft

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// statements groups permissions. In a statement, each action was used with each
// resource.
func statements(list []*permission) []Statement {
	groups := make(map[string][]*permission)
	for _, p := range list {
		key := p.service + "\x02" + strconv.FormatBool(!p.reads) + "\x02" + signature(p.conditions)
		groups[key] = append(groups[key], p)
	}
	var out []Statement
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		g := groups[key]
		by := func(p *permission) (string, string) { return p.resource, p.action }
		first := products(g, by)
		second := products(g, func(p *permission) (string, string) { return p.action, p.resource })
		if length(second) < length(first) {
			first = second
		}
		out = append(out, first...)
	}
	return out
}

// products makes statements from permissions: first parts that occur with the same second
// parts share a statement.
func products(list []*permission, parts func(*permission) (string, string)) []Statement {
	seconds := make(map[string][]string)
	for _, p := range list {
		a, b := parts(p)
		seconds[a] = append(seconds[a], b)
	}
	alike := make(map[string][]*permission)
	for _, p := range list {
		a, _ := parts(p)
		slices.Sort(seconds[a])
		key := strings.Join(seconds[a], "\x02")
		alike[key] = append(alike[key], p)
	}
	var out []Statement
	for _, set := range alike {
		out = append(out, statement(set))
	}
	slices.SortFunc(out, func(a, b Statement) int {
		return cmp.Or(slices.Compare(a.Resources, b.Resources), slices.Compare(a.Actions, b.Actions))
	})
	return out
}

// statement makes one statement from permissions that are the product of their actions
// and resources.
func statement(set []*permission) Statement {
	s := Statement{Service: set[0].service, ReadOnly: set[0].reads, Conditions: set[0].conditions, from: set}
	for _, p := range set {
		s.Actions, s.Resources = append(s.Actions, p.action), append(s.Resources, p.resource)
	}
	slices.Sort(s.Actions)
	slices.Sort(s.Resources)
	s.Actions, s.Resources = slices.Compact(s.Actions), slices.Compact(s.Resources)
	return s
}

func length(list []Statement) int {
	n := 0
	for i := range list {
		n += len(list[i].text(""))
	}
	return n
}

// halves splits a statement by its resources, or by its actions if it has one resource.
func halves(s *Statement) (a, b Statement, ok bool) {
	half := func(p *permission) bool { return p.resource < s.Resources[len(s.Resources)/2] }
	switch {
	case len(s.Resources) > 1:
	case len(s.Actions) > 1 && len(s.Resources) == 1:
		half = func(p *permission) bool { return p.action < s.Actions[len(s.Actions)/2] }
	default:
		return a, b, false
	}
	var first, second []*permission
	for _, p := range s.from {
		if half(p) {
			first = append(first, p)
		} else {
			second = append(second, p)
		}
	}
	return statement(first), statement(second), true
}

// justify collects the requests of a statement.
func (s *Statement) justify() {
	all := make(map[string]bool)
	for _, p := range s.from {
		maps.Copy(all, p.requests)
	}
	s.Requests, s.from = slices.Sorted(maps.Keys(all)), nil
}

// sidRoom is more characters than a Sid needs.
const sidRoom = 80

// name gives statements their Sids: if several statements of a service read, or several
// write, they are numbered.
func name(list []Statement) {
	count := make(map[string]int)
	for i := range list {
		s := &list[i]
		s.Sid = sid(s)
		count[s.Sid]++
		if n := count[s.Sid]; n > 1 {
			s.Sid += strconv.Itoa(n)
		}
	}
}

func sid(s *Statement) string {
	words := strings.FieldsFunc(s.Service, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && (r < 'A' || r > 'Z')
	})
	text := ""
	for _, w := range words {
		text += strings.ToUpper(w[:1]) + w[1:]
	}
	text = text[:min(len(text), 40)]
	if s.ReadOnly {
		return text + "Read"
	}
	return text + "Write"
}

func cutAction(action string) (service, name string) {
	service, name, ok := strings.Cut(action, ":")
	if !ok {
		return "", action
	}
	return service, name
}
