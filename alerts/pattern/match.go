package pattern

import "slices"

// matcher matches one event.
type matcher struct {
	event any
	path  []string // to the objects that are looked at
}

// all reports whether an object in the event fits all patterns. They are matched
// together: where they look into the same array, all must find what they want in the
// same element.
func (m *matcher) all(wanted []*object, found map[string]any) bool {
	for _, o := range wanted {
		for i := range o.fields {
			if f := &o.fields[i]; f.object == nil && !m.field(f, found) {
				return false
			}
		}
	}
	i := slices.IndexFunc(wanted, func(o *object) bool { return len(o.ors) > 0 })
	if i < 0 {
		return m.inner(wanted, found)
	}
	return m.or(wanted, i, found)
}

// or tries the alternatives of the first "$or" of a pattern in its place.
func (m *matcher) or(wanted []*object, i int, found map[string]any) bool {
	chosen := append(slices.Clone(wanted), nil)
	chosen[i] = &object{fields: wanted[i].fields, ors: wanted[i].ors[1:]}
	for _, alternative := range wanted[i].ors[0] {
		chosen[len(wanted)] = alternative
		if m.all(chosen, found) {
			return true
		}
	}
	return false
}

// inner matches the fields that are objects, those of one name together.
func (m *matcher) inner(wanted []*object, found map[string]any) bool {
	for i, o := range wanted {
		for _, f := range o.fields {
			if f.object == nil || slices.ContainsFunc(wanted[:i], func(o *object) bool { return o.named(f.name) != nil }) {
				continue
			}
			together := []*object{f.object}
			for _, other := range wanted[i+1:] {
				if same := other.named(f.name); same != nil {
					together = append(together, same)
				}
			}
			m.path = append(m.path, f.name)
			fits := m.within(together, found[f.name])
			m.path = m.path[:len(m.path)-1]
			if !fits {
				return false
			}
		}
	}
	return true
}

// named is the pattern of the object in a field; nil if there is none.
func (o *object) named(name string) *object {
	for _, f := range o.fields {
		if f.name == name {
			return f.object
		}
	}
	return nil
}

// within matches patterns of objects with the value of a field: an object, or an
// element of an array at any depth. Anything else is like an empty object: what is
// not in it does not exist.
func (m *matcher) within(wanted []*object, v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return m.all(wanted, v)
	case []any:
		if len(v) > 0 {
			return slices.ContainsFunc(v, func(e any) bool { return m.within(wanted, e) })
		}
	}
	return m.all(wanted, nil)
}

// field reports whether one test fits a field, or one element of it if it is an
// array.
func (m *matcher) field(f *field, found map[string]any) bool {
	v, ok := found[f.name]
	for _, t := range f.tests {
		if _, absent := t.(absent); absent {
			if !leafAt(m.event, m.path, f.name) {
				return true
			}
		} else if ok && leaf(v, t) {
			return true
		}
	}
	return false
}

// leafAt reports whether anything in the event has a value in the field at the path.
// To AWS a field exists that any element of an array has.
func leafAt(v any, path []string, name string) bool {
	switch v := v.(type) {
	case map[string]any:
		if len(path) == 0 {
			return leaf(v[name], present{}) && has(v, name)
		}
		return leafAt(v[path[0]], path[1:], name)
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return leafAt(e, path, name) })
	}
	return false
}

func has(m map[string]any, name string) bool {
	_, ok := m[name]
	return ok
}

// leaf reports whether a value fits, or an element of an array at any depth. An
// object is not a value.
func leaf(v any, t test) bool {
	switch v := v.(type) {
	case map[string]any:
		return false
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return leaf(e, t) })
	}
	return t.match(v)
}
