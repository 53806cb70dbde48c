package awsapi

import (
	"encoding/base64"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Received returns the input that an operation would get if a client sent in,
// or the error that the client would get instead because a constraint of the
// model is not satisfied. It is for callers in the same process, who call the Go
// method and need no HTTP: methods expect inputs that were checked.
//
// Received panics if the model does not have the type In.
func Received[In any](m *Model, in *In) (*In, error) {
	service := path.Base(reflect.TypeFor[In]().PkgPath())
	i := slices.IndexFunc(m.Services, func(s Service) bool { return s.Name == service })
	if i < 0 {
		panic(fmt.Sprintf("awsapi: the model has no service for %T", in))
	}
	out, err := receivedInput(&m.Services[i], reflect.ValueOf(in).Elem())
	if err != nil {
		return nil, err
	}
	return out.Interface().(*In), nil
}

func receivedInput(s *Service, in reflect.Value) (out reflect.Value, err error) {
	plan := newPlanner(s).structure(in.Type())
	var f sender
	f.structure(plan, in, "")
	out = reflect.New(in.Type())
	return out, decode(s, plan, out.Elem(), f.sent)
}

// sender collects the parameters that the SDK would send for an input.
type sender struct{ sent params }

func (f *sender) add(key, value string) {
	f.sent = append(f.sent, pair{key: key, value: strings.ToValidUTF8(value, "\uFFFD")})
}

// structure adds the members that are set; prefix is empty or ends with a dot.
func (f *sender) structure(plan *structPlan, v reflect.Value, prefix string) {
	for _, m := range plan.wire {
		if plan.types != nil {
			if member := v.Elem(); member.Type() == reflect.PointerTo(plan.types[m.index]) {
				f.value(m.typePlan, member.Elem().Field(0), prefix+m.name)
			}
		} else if member := v.Field(m.index); !member.IsZero() {
			f.value(m.typePlan, member, prefix+m.name)
		}
	}
}

func (f *sender) value(t *typePlan, v reflect.Value, key string) {
	if t.pointer {
		v = v.Elem()
	}
	switch t.kind {
	case kindStruct, kindUnion:
		f.structure(t.fields, v, key+".")
	case kindList:
		if v.Len() == 0 {
			f.add(key, "")
		}
		for i := range v.Len() {
			f.value(t.elem, v.Index(i), key+".member."+strconv.Itoa(i+1))
		}
	case kindMap:
		f.entries(t, v, key)
	default:
		f.add(key, scalarText(t, v))
	}
}

func (f *sender) entries(t *typePlan, v reflect.Value, key string) {
	entries := map[string]reflect.Value{}
	for k, e := range v.Seq2() {
		entries[k.String()] = e
	}
	for i, name := range slices.Sorted(maps.Keys(entries)) {
		entry := key + ".entry." + strconv.Itoa(i+1)
		f.add(entry+".key", name)
		f.value(t.elem, entries[name], entry+".value")
	}
}

// scalarText returns a scalar in the form that the decoder's set reads.
func scalarText(t *typePlan, v reflect.Value) string {
	switch t.kind {
	case kindTime:
		return v.Interface().(time.Time).UTC().Format(time.RFC3339Nano)
	case kindBlob:
		return base64.StdEncoding.EncodeToString(v.Bytes())
	}
	return fmt.Sprint(v)
}
