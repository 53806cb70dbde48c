package awsapi

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// STS answers in JSON if the Accept header asks for it: with the members of the XML, and times as
// seconds since 1970. Envoy relies on it.

func (e *encoder) answerJSON(op *operation, out reflect.Value, requestID string) {
	e.raw(`{"` + op.name + `Response":{`)
	if op.result {
		e.raw(`"` + op.name + `Result":`)
		e.structJSON(op.out, out)
		e.raw(",")
	}
	e.raw(`"ResponseMetadata":{"RequestId":`)
	e.textJSON(requestID)
	e.raw("}}}")
}

func (e *encoder) failJSON(f errorBody) {
	e.raw(`{"Error":{"Code":`)
	e.textJSON(f.code)
	if f.message != "" {
		e.raw(`,"Message":`)
		e.textJSON(f.message)
	}
	e.raw(`,"Type":"` + f.fault() + `"},"RequestId":`)
	e.textJSON(f.requestID)
	e.raw("}")
}

func (e *encoder) raw(s string) { e.buf = append(e.buf, s...) }

func (e *encoder) textJSON(s string) {
	text, _ := json.Marshal(s) // a string can always be marshalled
	e.buf = append(e.buf, text...)
}

func (e *encoder) structJSON(plan *structPlan, v reflect.Value) {
	separator := "{"
	for _, f := range plan.wire {
		x, ok := f.present(v)
		if !ok || f.in != InBody {
			continue
		}
		e.raw(separator + `"` + f.name + `":`)
		e.memberJSON(f, x)
		separator = ","
	}
	if separator == "{" {
		e.raw("{")
	}
	e.raw("}")
}

// memberJSON writes the value of a member.
func (e *encoder) memberJSON(f *fieldPlan, x reflect.Value) {
	if f.iso {
		e.raw(`"`)
		e.scalar(leaf{f.typePlan, x, f.millis})
		e.raw(`"`)
		return
	}
	e.valueJSON(f.typePlan, x)
}

// unionJSON writes the member of a union that is set.
func (e *encoder) unionJSON(plan *structPlan, x reflect.Value) {
	member := x.Elem().Elem()
	f := plan.wire[slices.Index(plan.types, member.Type())]
	v := member.Field(0)
	if f.pointer {
		v = v.Elem()
	}
	e.raw(`{"` + f.name + `":`)
	e.memberJSON(f, v)
	e.raw("}")
}

func (e *encoder) valueJSON(t *typePlan, x reflect.Value) {
	switch t.kind {
	case kindUnion:
		e.unionJSON(t.fields, x)
	case kindStruct:
		e.structJSON(t.fields, x)
	case kindList:
		e.raw("[")
		for i := range x.Len() {
			if i > 0 {
				e.raw(",")
			}
			e.valueJSON(t.elem, x.Index(i))
		}
		e.raw("]")
	case kindMap:
		e.raw("{")
		for i, key := range sortedKeys(x) {
			if i > 0 {
				e.raw(",")
			}
			e.textJSON(key.String())
			e.raw(":")
			e.valueJSON(t.elem, x.MapIndex(key))
		}
		e.raw("}")
	case kindString:
		e.textJSON(x.String())
	case kindBlob:
		e.textJSON(base64.StdEncoding.EncodeToString(x.Bytes()))
	case kindTime:
		e.buf = strconv.AppendInt(e.buf, x.Addr().Interface().(*time.Time).Unix(), 10)
	default:
		e.scalar(leaf{t, x, false})
	}
}
