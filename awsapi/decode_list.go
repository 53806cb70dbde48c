package awsapi

import (
	"reflect"
	"strconv"
	"strings"
)

// maxSkip is how many indexes may be missing between two elements: the highest index that was
// accepted alone is 11 (recorded).
const maxSkip = 10

// list reads a list: "X.member.N=..." or "X.member.N.Y=...", and "X=" for an
// empty one.
func (d *decoder) list(f *fieldPlan, dst reflect.Value, run []pair) error {
	items, n, err := elements(run, "member")
	if err != nil {
		return err
	}
	if n == 0 && d.service.EmptyListIsNull {
		if f.required {
			d.fault(f, null, clauseNull)
		}
		return nil
	}
	dst.Set(reflect.MakeSlice(f.typ, n, n))
	if f.elem.kind == kindStruct || f.elem.kind == kindUnion {
		d.checkLength(f, n, d.echoStructures(f, items, n))
		return d.structures(f, dst, items)
	}
	return d.scalars(f, dst, items)
}

// structures reads a list's structures. An element that was not sent has no members, so its
// required members are missing (recorded).
func (d *decoder) structures(f *fieldPlan, dst reflect.Value, items []pair) error {
	depth := len(d.path)
	defer func() { d.path = d.path[:depth] }()
	for i := range dst.Len() {
		var run []pair
		run, items = cutSlot(items, i)
		members, err := membersOf(run)
		if err != nil {
			return err
		}
		d.path = append(d.path[:depth], f.path, strconv.Itoa(i+1), "member")
		if err := d.structure(f.elem.fields, f.elem.target(dst.Index(i)), members); err != nil {
			return err
		}
	}
	return nil
}

// scalars reads a list's strings or numbers, and checks them together: AWS names the list, not the
// element, and prints all constraints of an element.
func (d *decoder) scalars(f *fieldPlan, dst reflect.Value, items []pair) error {
	var elem *constraint
	if f.constraint != nil {
		elem = f.constraint.elem
	}
	texts, fits := make([]string, dst.Len()), true
	for i := range texts {
		var run []pair
		run, items = cutSlot(items, i)
		if len(run) == 0 {
			fits = fits && elem == nil
			continue
		}
		text, err := scalar(run)
		if err != nil {
			return err
		}
		if _, err := f.elem.set(dst.Index(i), text); err != nil {
			return err
		}
		texts[i], fits = text, fits && elem.fits(text)
	}
	d.checkLength(f, len(texts), echoList(texts))
	if !fits {
		d.fault(f, echoList(texts), "Member must satisfy constraint: ["+elem.clauses()+"]")
	}
	return nil
}

// mapping reads a map: "X.entry.N.key=..." and "X.entry.N.value=...".
func (d *decoder) mapping(f *fieldPlan, dst reflect.Value, run []pair) error {
	items, n, err := elements(run, "entry")
	if err != nil {
		return err
	}
	entries := reflect.MakeMapWithSize(f.typ, n)
	dst.Set(entries)
	d.checkLength(f, n, nil)
	keysFit, valuesFit := true, true
	for i := range n {
		var entry []pair
		entry, items = cutSlot(items, i)
		key, value, err := splitEntry(entry)
		if err != nil {
			return err
		}
		keysFit = keysFit && f.constraint.keyFits(key)
		to := reflect.New(f.elem.typ).Elem()
		if fit, err := d.entry(f, key, to, value); err != nil {
			return err
		} else if !fit {
			valuesFit = false
		}
		entries.SetMapIndex(reflect.ValueOf(key).Convert(f.typ.Key()), to)
	}
	d.checkEntries(f, keysFit, valuesFit)
	return nil
}

// checkEntries notes what is wrong with a map's entries.
func (d *decoder) checkEntries(f *fieldPlan, keysFit, valuesFit bool) {
	if !keysFit {
		d.fault(f, nil, "Map keys must satisfy constraint: ["+f.constraint.key.clauses()+"]")
	}
	if !valuesFit {
		d.fault(f, nil, "Map value must satisfy constraint: ["+f.constraint.elem.clauses()+"]")
	}
}

func (c *constraint) keyFits(key string) bool { return c == nil || c.key.fits(key) }

// entry reads the value of a map's entry and reports whether it fits.
func (d *decoder) entry(f *fieldPlan, key string, to reflect.Value, value []pair) (bool, error) {
	if f.elem.kind == kindStruct {
		members, err := membersOf(value)
		if err != nil {
			return false, err
		}
		d.path = append(d.path, f.path, key, "member")
		defer func() { d.path = d.path[:len(d.path)-3] }()
		return true, d.structure(f.elem.fields, to, members)
	}
	if len(value) == 0 {
		return f.constraint == nil || f.constraint.elem == nil, nil
	}
	text, err := scalar(value)
	if err != nil {
		return false, err
	}
	_, err = f.elem.set(to, text)
	return f.constraint == nil || f.constraint.elem.fits(text), err
}

// splitEntry returns the key of a map's entry and the parameters of its value.
func splitEntry(entry []pair) (key string, value []pair, err error) {
	value = entry[:0]
	found := false
	for _, p := range entry {
		switch name := segment(p.key); name {
		case "key":
			if p.key != ".key" {
				return "", nil, nestedScalar()
			}
			if !found {
				key, found = p.value, true
			}
		case "value":
			p.key = p.key[len(".value"):]
			value = append(value, p)
		}
	}
	return key, value, nil
}

// elements sorts a list's parameters by their index. It removes the name of the elements and the
// index from the keys, and returns the number of elements. "01" is 1; a key without a number is a
// member of element 1 (recorded).
func elements(run []pair, name string) (items []pair, n int, err error) {
	items = run[:0]
	for _, p := range run {
		switch segment(p.key) {
		case name:
			p.key = p.key[1+len(name):]
			if err := p.takeIndex(); err != nil {
				return nil, 0, err
			}
			items = append(items, p)
		case "":
			if p.value != "" {
				return nil, 0, scalarList()
			}
		}
	}
	sortBySlot(items)
	last := 0
	for i := range items {
		if skip := items[i].slot - last; skip > maxSkip {
			return nil, 0, tooSparse(skip)
		}
		last = items[i].slot
	}
	if len(items) > 0 {
		n = last + 1
	}
	return items, n, nil
}

// takeIndex removes an index from the front of the key and makes it the slot.
func (p *pair) takeIndex() error {
	index := segment(p.key)
	if strings.HasPrefix(index, "-") {
		return leadingMinus(index)
	}
	if !isIndex(index) {
		p.slot = 0
		return nil
	}
	n, err := strconv.ParseInt(index, 10, 32)
	switch {
	case err != nil:
		return badNumber()
	case n == 0:
		return badIndex(index)
	}
	p.slot, p.key = int(n)-1, p.key[1+len(index):]
	if isIndexed(p.key) {
		return indexAfterIndex()
	}
	return nil
}

// segment returns the name at the front of a key that begins with a dot.
func segment(key string) string {
	if key == "" {
		return ""
	}
	name, _, _ := strings.Cut(key[1:], ".")
	return name
}

func isIndexed(key string) bool { return isIndex(segment(key)) }

func isIndex(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
