package awsapi

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// kind is what a value is on the wire.
type kind uint8

const (
	kindString kind = iota
	kindBool
	kindInt
	kindFloat
	kindTime
	kindBlob
	kindStruct
	kindList
	kindMap
	kindUnion
)

// typePlan says how to read and write values of a Go type.
type typePlan struct {
	kind    kind
	typ     reflect.Type // without the pointer
	pointer bool         // the Go type is a pointer to typ
	elem    *typePlan    // of a list, or of a map's values
	fields  *structPlan  // of a structure or a union
}

// structPlan is the plan of a structure. For a union, a field's index is that of the member.
type structPlan struct {
	typ    reflect.Type
	wire   []*fieldPlan // in the order in which answers have them
	fields []*fieldPlan // in the order in which AWS lists errors
	types  []reflect.Type
}

// fieldPlan is a member of a structure.
type fieldPlan struct {
	*typePlan
	name       string // on the wire
	path       string // in validation errors
	index      int    // of the Go field
	constraint *constraint
	required   bool
	millis     bool
	iso        bool
	in         Place
	echo       bool   // print the values below this member
	plain      string // see Member.Plain

	tag tag
}

// planner makes the plans of one service, once for each type. Its methods panic
// if the model and the Go types do not fit.
type planner struct {
	service     *Service
	constraints *constraints
	structs     map[reflect.Type]*structPlan
}

func newPlanner(s *Service) *planner {
	return &planner{service: s, constraints: newConstraints(s), structs: map[reflect.Type]*structPlan{}}
}

var timeType = reflect.TypeFor[time.Time]()

func (p *planner) typePlan(t reflect.Type) *typePlan {
	plan := &typePlan{typ: t}
	if t.Kind() == reflect.Pointer {
		plan.pointer, plan.typ = true, t.Elem()
	}
	switch t := plan.typ; {
	case t == timeType:
		plan.kind = kindTime
	case t.Kind() == reflect.String:
		plan.kind = kindString
	case t.Kind() == reflect.Bool:
		plan.kind = kindBool
	case t.Kind() == reflect.Int32 || t.Kind() == reflect.Int64:
		plan.kind = kindInt
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		plan.kind = kindFloat
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		plan.kind = kindBlob
	case t.Kind() == reflect.Slice:
		plan.kind, plan.elem = kindList, p.typePlan(t.Elem())
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		plan.kind, plan.elem = kindMap, p.typePlan(t.Elem())
	case t.Kind() == reflect.Struct:
		plan.kind, plan.fields = kindStruct, p.structure(t)
	case t.Kind() == reflect.Interface:
		plan.kind, plan.fields = kindUnion, p.union(t)
	default:
		panic(fmt.Sprintf("awsapi: no plan for a value of type %v", t))
	}
	return plan
}

// structure makes the plan of a struct. A field that the model does not have is our mistake, and so
// is a member without a field.
func (p *planner) structure(t reflect.Type) *structPlan {
	if plan := p.structs[t]; plan != nil {
		return plan
	}
	plan := &structPlan{typ: t}
	p.structs[t] = plan
	fields := 0
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && f.Name != "ResultMetadata" && f.Name != "ErrorCodeOverride" {
			fields++
		}
	}
	model := p.service.structure(t.Name())
	if model == nil {
		if fields > 0 {
			panic(fmt.Sprintf("awsapi: the model of %s has no structure %v", p.service.Name, t))
		}
		return plan
	}
	for i := range model.Members {
		m := &model.Members[i]
		f, ok := t.FieldByName(goName(m.Name))
		if !ok {
			panic(fmt.Sprintf("awsapi: %v has no field for the member %s", t, m.Name))
		}
		plan.wire = append(plan.wire, p.field(m, f.Index[0], f.Type))
	}
	if len(plan.wire) != fields {
		panic(fmt.Sprintf("awsapi: the model has %d members of %v, Go has %d", len(plan.wire), t, fields))
	}
	plan.order()
	return plan
}

// union makes the plan of the SDK's interface for a union.
func (p *planner) union(t reflect.Type) *structPlan {
	u, model := p.service.union(t.Name()), p.service.structure(t.Name())
	if u == nil || model == nil || len(u.Types) != len(model.Members) {
		panic(fmt.Sprintf("awsapi: the model of %s has no union %v", p.service.Name, t))
	}
	plan := &structPlan{typ: t, types: u.Types}
	for i := range model.Members {
		value, ok := u.Types[i].FieldByName("Value")
		if !ok || value.Index[0] != 0 || !reflect.PointerTo(u.Types[i]).Implements(t) {
			panic(fmt.Sprintf("awsapi: %v is not a member of the union %v", u.Types[i], t))
		}
		plan.wire = append(plan.wire, p.field(&model.Members[i], i, value.Type))
	}
	plan.order()
	return plan
}

func (p *planner) field(m *Member, index int, t reflect.Type) *fieldPlan {
	f := &fieldPlan{
		typePlan:   p.typePlan(t),
		name:       m.Name,
		path:       strings.ToLower(m.Name[:1]) + m.Name[1:],
		index:      index,
		constraint: p.constraints.at(m.Shape),
		required:   m.Required,
		millis:     m.Millis,
		iso:        m.ISO,
		in:         m.In,
		plain:      m.Plain,
		tag:        newTag(m.Name),
	}
	for _, name := range p.service.EchoUnder {
		f.echo = f.echo || name == m.Name
	}
	return f
}

// order sets fields from wire.
func (s *structPlan) order() {
	paths := make([]string, len(s.wire))
	for i, f := range s.wire {
		paths[i] = f.path
	}
	s.fields = make([]*fieldPlan, len(s.wire))
	for i, j := range javaOrder(paths) {
		s.fields[i] = s.wire[j]
	}
}

// maxUnsigned returns the limit, in bytes, for the body of an unsigned call with this input: that
// of every unknown caller, and three bytes, a percent escape, for each character of the strings
// whose length the model limits.
func (s *structPlan) maxUnsigned() int {
	n := maxUnknownBody
	for _, f := range s.wire {
		if f.kind == kindString && f.constraint != nil && f.constraint.shape.HasMax {
			n += 3 * int(f.constraint.max)
		}
	}
	return min(n, maxBody)
}

// goName returns the name of the Go field of a member: the member's name with an upper-case first
// letter.
func goName(member string) string { return strings.ToUpper(member[:1]) + member[1:] }
