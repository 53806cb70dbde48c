package awsapi

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// How unexpected values are treated was measured at Athena, which speaks the same protocol: members
// that are null count as absent, elements that are null are left out, and unknown members are
// ignored.

// decodeJSON reads the input from a JSON document into dst, a struct.
func decodeJSON(s *Service, plan *structPlan, dst reflect.Value, body string) error {
	document, err := parseJSON(body)
	if err != nil {
		return err
	}
	d := decoder{service: s, echo: s.EchoValues}
	if err := d.object(plan, dst, document); err != nil {
		return err
	}
	return d.verdict()
}

// parseJSON reads a document that is an object.
func parseJSON(body string) (any, error) {
	document, err := parseValue(body)
	if err != nil {
		return nil, notSerialized("")
	}
	switch document.(type) {
	case map[string]any, []any:
		return document, nil
	}
	return nil, notSerialized("")
}

// object reads the members of a structure, in the order in which AWS lists errors.
func (d *decoder) object(plan *structPlan, dst reflect.Value, v any) error {
	members, ok := v.(map[string]any)
	if !ok {
		return misplaced(v, "Expected null")
	}
	for _, f := range plan.fields {
		if members[f.name] == nil {
			if f.required {
				d.fault(f, null, clauseNull)
			}
			continue
		}
		echo := d.echo
		d.echo = echo || f.echo
		err := d.jsonMember(f, plan.place(f, dst), members[f.name])
		d.echo = echo
		if err != nil {
			return err
		}
	}
	return nil
}

// jsonMember reads the value of a member, which is not null.
func (d *decoder) jsonMember(f *fieldPlan, dst reflect.Value, v any) error {
	switch f.kind {
	case kindList:
		return d.jsonList(f, dst, v)
	case kindMap:
		return d.jsonMap(f, dst, v)
	case kindStruct, kindUnion:
		return d.within(func() error { return d.object(f.fields, f.typePlan.target(dst), v) }, f.path)
	}
	if f.iso {
		return f.typePlan.setISO(dst, v)
	}
	text, err := f.typePlan.setJSON(dst, v)
	if err != nil {
		return err
	}
	switch f.kind {
	case kindString:
		d.checkString(f, text)
	case kindInt:
		d.checkNumber(f, f.typePlan.number(dst))
	}
	return nil
}

// within calls read with further names in the path of faults.
func (d *decoder) within(read func() error, names ...string) error {
	depth := len(d.path)
	d.path = append(d.path, names...)
	defer func() { d.path = d.path[:depth] }()
	return read()
}

// jsonList reads a list. Its strings and numbers are checked together, like those of a form.
func (d *decoder) jsonList(f *fieldPlan, dst reflect.Value, v any) error {
	items, ok := v.([]any)
	if !ok {
		return misplaced(v, "Expected list or null")
	}
	items = slices.DeleteFunc(items, func(item any) bool { return item == nil })
	dst.Set(reflect.MakeSlice(f.typ, len(items), len(items)))
	if f.elem.kind >= kindStruct {
		d.checkLength(f, len(items), d.echoElements(f, items))
		return d.jsonElements(f, dst, items)
	}
	texts, fits := make([]string, len(items)), true
	for i, item := range items {
		text, err := f.elem.setJSON(dst.Index(i), item)
		if err != nil {
			return err
		}
		texts[i], fits = text, fits && (f.constraint == nil || f.constraint.elem.fits(text))
	}
	d.checkLength(f, len(texts), echoList(texts))
	if !fits {
		d.fault(f, echoList(texts), "Member must satisfy constraint: ["+f.constraint.elem.clauses()+"]")
	}
	return nil
}

// jsonElements reads the structures, lists or maps of a list.
func (d *decoder) jsonElements(f *fieldPlan, dst reflect.Value, items []any) error {
	elem := f.element()
	for i, item := range items {
		read := func() error { return d.jsonMember(elem, dst.Index(i), item) }
		if err := d.within(read, f.path, strconv.Itoa(i+1)); err != nil {
			return err
		}
	}
	return nil
}

// echoElements prints a list of structures as echoStructures does.
func (d *decoder) echoElements(f *fieldPlan, items []any) echoed {
	return func() string {
		list := reflect.MakeSlice(f.typ, len(items), len(items))
		probe := decoder{service: d.service}
		if err := probe.jsonElements(f, list, items); err != nil {
			return "'[]'" // never seen: the same error ends the reading
		}
		return "'" + javaString(f.typePlan, list) + "'"
	}
}

// element returns the plan of the values in a list or a map, as if they were members.
func (f *fieldPlan) element() *fieldPlan {
	elem := &fieldPlan{typePlan: f.elem, name: "member", path: "member"}
	if f.constraint != nil {
		elem.constraint = f.constraint.elem
	}
	return elem
}

// jsonMap reads a map, in the order of its keys.
func (d *decoder) jsonMap(f *fieldPlan, dst reflect.Value, v any) error {
	entries, ok := v.(map[string]any)
	if !ok {
		return misplaced(v, "Expected map or null") // text not confirmed
	}
	maps.DeleteFunc(entries, func(_ string, value any) bool { return value == nil })
	dst.Set(reflect.MakeMapWithSize(f.typ, len(entries)))
	d.checkLength(f, len(entries), nil)
	keysFit, valuesFit := true, true
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		to := reflect.New(f.typ.Elem()).Elem()
		fits, err := d.jsonEntry(f, key, to, entries[key])
		if err != nil {
			return err
		}
		keysFit, valuesFit = keysFit && f.constraint.keyFits(key), valuesFit && fits
		dst.SetMapIndex(reflect.ValueOf(key).Convert(f.typ.Key()), to)
	}
	d.checkEntries(f, keysFit, valuesFit)
	return nil
}

// jsonEntry reads the value of a map's entry and reports whether it fits.
func (d *decoder) jsonEntry(f *fieldPlan, key string, to reflect.Value, v any) (bool, error) {
	if f.elem.kind >= kindStruct {
		return true, d.within(func() error { return d.jsonMember(f.element(), to, v) }, f.path, key)
	}
	text, err := f.elem.setJSON(to, v)
	return f.constraint == nil || f.constraint.elem.fits(text), err
}
