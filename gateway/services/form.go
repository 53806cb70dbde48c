package services

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// formValue is the part of a form whose parameters begin with a prefix. The
// lists of the query protocol are "Name.member.1", flattened ones and those of
// EC2 "Name.1"; maps are lists of entries.
type formValue struct {
	form   *formIndex
	prefix string // "" or with a dot at the end
}

// formIndex are the parameters of a form with their names in order.
type formIndex struct {
	values url.Values
	names  []string
}

// readForm checks that no parameter is there twice, in the form or in the form
// and in the query.
func readForm(r *Request) (value, error) {
	values := r.parameters()
	x := &formIndex{values: values, names: make([]string, 0, len(values))}
	for name, list := range values {
		if len(list) > 1 {
			return nil, errTwice
		}
		if other, ok := r.Query[name]; ok && !slices.Equal(other, list) {
			return nil, errTwice
		}
		x.names = append(x.names, name)
	}
	slices.Sort(x.names)
	return formValue{x, ""}, nil
}

// under returns the names that begin with the prefix.
func (x *formIndex) under(prefix string) []string {
	first, _ := slices.BinarySearch(x.names, prefix)
	names := x.names[first:]
	n, _ := slices.BinarySearchFunc(names, prefix, func(name, prefix string) int {
		if strings.HasPrefix(name, prefix) {
			return -1
		}
		return 1
	})
	return names[:n]
}

func (v formValue) member(name string) (value, error) {
	path := v.prefix + name
	_, scalar := v.form.values[path]
	nested := v.form.under(path + ".")
	switch {
	case scalar && len(nested) > 0:
		return nil, errTwice
	case !scalar && len(nested) == 0:
		return nil, nil
	}
	return formValue{v.form, path + "."}, nil
}

func (v formValue) list(name string) ([]value, error) {
	m, err := v.member(name)
	if m == nil || err != nil {
		return nil, err
	}
	return m.elements()
}

// elements are those with numbers, in the order of the numbers, which may have
// gaps.
func (v formValue) elements() ([]value, error) {
	numbers := map[int]string{}
	for _, name := range v.form.under(v.prefix) {
		part, _, _ := strings.Cut(name[len(v.prefix):], ".")
		n, err := strconv.Atoi(part)
		if err != nil {
			continue
		}
		if before, ok := numbers[n]; ok && before != part {
			return nil, errTwice // 1 and 01
		}
		numbers[n] = part
		if len(numbers) > maxParts {
			return nil, errTooMuch
		}
	}
	out := make([]value, 0, len(numbers))
	for _, n := range slices.Sorted(maps.Keys(numbers)) {
		out = append(out, formValue{v.form, v.prefix + numbers[n] + "."})
	}
	return out, nil
}

// entries are the elements of a map: each has a key and a value, whose names
// differ between services.
func (v formValue) entries() ([]entry, error) {
	elements, err := v.elements()
	if err != nil {
		return nil, err
	}
	var out []entry
	for _, e := range elements {
		key, err := either(e, "key", "Name")
		if err != nil {
			return nil, err
		}
		content, err := either(e, "value", "Value")
		if err != nil {
			return nil, err
		}
		if key != nil {
			name, _ := key.text()
			out = append(out, entry{name, content})
		}
	}
	return out, distinct(out)
}

func either(v value, names ...string) (value, error) {
	for _, name := range names {
		if m, err := v.member(name); m != nil || err != nil {
			return m, err
		}
	}
	return nil, nil
}

func (v formValue) text() (string, bool) {
	list, ok := v.form.values[strings.TrimSuffix(v.prefix, ".")]
	if !ok {
		return "", false
	}
	return list[0], true
}
