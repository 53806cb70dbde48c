package awsapi

import (
	"reflect"
	"slices"
	"strings"
)

// decoder reads one input and collects what is wrong with its values. An error that makes the input
// unreadable (MalformedInput) ends the reading and is the answer, whatever was collected before.
type decoder struct {
	service *Service
	faults  []Fault
	plain   error    // the first error that has a message of its own
	path    []string // the members and indexes that lead to the current structure
	echo    bool
}

// decode reads the input into dst, a struct. It changes sent.
func decode(s *Service, plan *structPlan, dst reflect.Value, sent params) error {
	d := decoder{service: s, echo: s.EchoValues}
	if err := d.structure(plan, dst, sent); err != nil {
		return err
	}
	return d.verdict()
}

// verdict returns the error for everything that was collected; nil if nothing is wrong.
func (d *decoder) verdict() error {
	if len(d.faults) > 0 {
		return d.service.invalid(d.faults)
	}
	return d.plain
}

// structure reads the members of a structure, in the order in which AWS lists errors. Unknown
// members are ignored (recorded).
func (d *decoder) structure(plan *structPlan, dst reflect.Value, pairs []pair) error {
	for i := range pairs {
		plan.assign(&pairs[i])
	}
	sortBySlot(pairs)
	for i, f := range plan.fields {
		var run []pair
		run, pairs = cutSlot(pairs, i)
		if len(run) == 0 {
			if f.required {
				d.fault(f, null, clauseNull)
			}
			continue
		}
		if err := d.field(plan, f, dst, run); err != nil {
			return err
		}
	}
	return nil
}

// field reads one member of a structure or a union.
func (d *decoder) field(plan *structPlan, f *fieldPlan, dst reflect.Value, run []pair) error {
	if len(d.path) == 0 && isIndexed(run[0].key) {
		return flatList()
	}
	echo := d.echo
	d.echo = echo || f.echo
	defer func() { d.echo = echo }()
	return d.value(f, plan.place(f, dst), run)
}

// place returns where to put the value of a member. The first member of a union that was sent
// counts.
func (s *structPlan) place(f *fieldPlan, dst reflect.Value) reflect.Value {
	if s.types == nil {
		return dst.Field(f.index)
	}
	member := reflect.New(s.types[f.index])
	if dst.IsNil() {
		dst.Set(member)
	}
	return member.Elem().Field(0)
}

// assign finds the field of a parameter and removes its name from the key.
func (s *structPlan) assign(p *pair) {
	name := p.key
	if i := strings.IndexByte(name, '.'); i >= 0 {
		name = name[:i]
	}
	for i, f := range s.fields {
		if f.name == name {
			p.slot, p.key = i, p.key[len(name):]
			return
		}
	}
	p.slot = len(s.fields)
}

// value reads the value of a member; the keys of run are empty or begin with a
// dot.
func (d *decoder) value(f *fieldPlan, dst reflect.Value, run []pair) error {
	switch f.kind {
	case kindList:
		return d.list(f, dst, run)
	case kindMap:
		return d.mapping(f, dst, run)
	case kindStruct, kindUnion:
		return d.nested(f, dst, run)
	}
	text, err := scalar(run)
	if err != nil {
		return err
	}
	if f.kind == kindString {
		d.checkString(f, text)
	}
	n, err := f.typePlan.set(dst, text)
	if err != nil {
		return err
	}
	if f.kind == kindInt {
		d.checkNumber(f, n)
	}
	return nil
}

// nested reads a structure or a union inside a structure.
func (d *decoder) nested(f *fieldPlan, dst reflect.Value, run []pair) error {
	members, err := membersOf(run)
	if err != nil {
		return err
	}
	d.path = append(d.path, f.path)
	defer func() { d.path = d.path[:len(d.path)-1] }()
	return d.structure(f.fields, f.typePlan.target(dst), members)
}

// target returns the value to fill: dst, or what a new pointer in dst points to.
func (t *typePlan) target(dst reflect.Value) reflect.Value {
	if !t.pointer {
		return dst
	}
	dst.Set(reflect.New(t.typ))
	return dst.Elem()
}

// membersOf removes the dots from the keys of a structure's parameters. "X=" is an empty structure.
func membersOf(run []pair) ([]pair, error) {
	members := run[:0]
	for _, p := range run {
		switch {
		case p.key != "":
			p.key = p.key[1:]
			members = append(members, p)
		case p.value != "":
			return nil, scalarStructure()
		}
	}
	return members, nil
}

// scalar returns the first value of run, which may hold nothing deeper.
func scalar(run []pair) (string, error) {
	for i := range run {
		if run[i].key != "" {
			return "", nestedScalar()
		}
	}
	return run[0].value, nil
}

// sortBySlot sorts the pairs by slot and keeps the order within a slot. Most inputs are already
// sorted or small.
func sortBySlot(pairs []pair) {
	if len(pairs) > 32 {
		slices.SortStableFunc(pairs, func(a, b pair) int { return a.slot - b.slot })
		return
	}
	for i := 1; i < len(pairs); i++ {
		for j := i; j > 0 && pairs[j].slot < pairs[j-1].slot; j-- {
			pairs[j], pairs[j-1] = pairs[j-1], pairs[j]
		}
	}
}

// cutSlot returns the leading pairs of one slot, and the rest.
func cutSlot(pairs []pair, slot int) (run, rest []pair) {
	n := 0
	for n < len(pairs) && pairs[n].slot == slot {
		n++
	}
	return pairs[:n], pairs[n:]
}
