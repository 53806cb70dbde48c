package services

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
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

// formOnce returns the parameters of a form, and false if one is there twice, or if the query has
// more parameters: servers may take either. Only a signature may be in the query.
func (r *Request) formOnce() (url.Values, bool) {
	form := r.parameters()
	for _, values := range form {
		if len(values) != 1 {
			return nil, false
		}
	}
	for name, values := range r.Query {
		given, ok := form[name]
		if (ok || !strings.HasPrefix(name, "X-Amz-")) && !slices.Equal(given, values) {
			return nil, false
		}
	}
	return form, true
}

// spelledTwice reports whether two parameters have names that differ only in case.
func spelledTwice(parameters url.Values) bool {
	if len(parameters) < 2 {
		return false
	}
	seen := make(map[string]bool, len(parameters))
	for name := range parameters {
		name = strings.ToLower(name)
		if seen[name] {
			return true
		}
		seen[name] = true
	}
	return false
}

// misspelt reports whether a name has a space or a control character: some servers leave out such a
// character, or everything after it, and find another name.
func misspelt(parameters url.Values) bool {
	for name := range parameters {
		if strings.ContainsFunc(name, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) {
			return true
		}
	}
	return false
}

// onceEach returns an error if two fields of a form, or two parameters of a query, have
// one name. Names that differ only in case count as the same: some servers ignore case.
func onceEach(fields url.Values) error {
	for _, values := range fields {
		if len(values) > 1 {
			return errMany
		}
	}
	if spelledTwice(fields) {
		return errMany
	}
	return nil
}

// readForm reads the parameters of a form, each of which must be there once.
func readForm(r *Request) (value, error) {
	values, ok := r.formOnce()
	if !ok {
		return nil, errTwice
	}
	return formValue{&formIndex{values, slices.Sorted(maps.Keys(values))}, ""}, nil
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

// elements returns the parts with numbers, in the order of the numbers, which may have gaps.
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

// entries returns the elements of a map: each has a key and a value, whose names differ between
// services.
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
