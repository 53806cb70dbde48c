package awsapi

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// encoder writes answers. AWS's XML has no XML declaration, an indentation of two spaces and one
// element per line: documents written like this have the recorded lengths.
type encoder struct {
	buf []byte
}

const spaces = "                                                                "

func (e *encoder) indent(depth int) {
	n := 2 * depth
	for n > len(spaces) {
		e.buf = append(e.buf, spaces...)
		n -= len(spaces)
	}
	e.buf = append(e.buf, spaces[:n]...)
}

func (e *encoder) line(depth int, s string) {
	e.indent(depth)
	e.buf = append(e.buf, s...)
}

// element writes an element whose text needs no escaping.
func (e *encoder) element(depth int, name, text string) {
	e.indent(depth)
	e.buf = append(e.buf, '<')
	e.buf = append(e.buf, name...)
	e.buf = append(e.buf, '>')
	e.buf = appendText(e.buf, text)
	e.buf = append(e.buf, "</"...)
	e.buf = append(e.buf, name...)
	e.buf = append(e.buf, ">\n"...)
}

// answer writes the document of a successful operation.
func (e *encoder) answer(op *operation, out reflect.Value, requestID string) {
	e.line(0, op.openXML)
	if op.result {
		e.content(1, op.resultTag, op.out, out)
	}
	e.line(1, "<ResponseMetadata>\n")
	e.element(2, "RequestId", requestID)
	e.line(1, "</ResponseMetadata>\n")
	e.line(0, op.closeXML)
}

// tag holds an element's tags: before other elements, before text, after either, and self-closing.
type tag struct{ open, inline, close, empty string }

func newTag(name string) tag {
	return tag{"<" + name + ">\n", "<" + name + ">", "</" + name + ">\n", "<" + name + "/>\n"}
}

var (
	tagMember = newTag("member")
	tagEntry  = newTag("entry")
	tagValue  = newTag("value")
)

// content writes a structure as an element, self-closing if it is empty.
func (e *encoder) content(depth int, t tag, plan *structPlan, v reflect.Value) {
	start := len(e.buf)
	e.line(depth, t.open)
	inside := len(e.buf)
	e.members(depth+1, plan, v)
	if len(e.buf) == inside {
		e.buf = e.buf[:start]
		e.line(depth, t.empty)
		return
	}
	e.line(depth, t.close)
}

// members writes the members that are present.
func (e *encoder) members(depth int, plan *structPlan, v reflect.Value) {
	for _, f := range plan.wire {
		if x, ok := f.present(v); ok {
			e.member(depth, f, x)
		}
	}
}

// present returns the value of a member, without its pointer, and whether it is
// part of the answer: pointers, lists, maps and blobs that are not nil (an empty
// list is sent as <X/>), enums that are not empty, and every boolean and number
// that is not a pointer.
func (f *fieldPlan) present(v reflect.Value) (reflect.Value, bool) {
	x := v.Field(f.index)
	switch {
	case f.pointer:
		return x.Elem(), !x.IsNil()
	case f.kind == kindList || f.kind == kindMap || f.kind == kindBlob || f.kind == kindUnion:
		return x, !x.IsNil()
	case f.kind == kindString:
		return x, x.Len() > 0
	}
	return x, true
}

func (e *encoder) member(depth int, f *fieldPlan, x reflect.Value) {
	switch f.kind {
	case kindStruct:
		e.content(depth, f.tag, f.fields, x)
	case kindList:
		e.list(depth, f, x)
	case kindMap:
		e.mapping(depth, f, x)
	default:
		e.leaf(depth, f.tag, leaf{f.typePlan, x, f.millis})
	}
}

// leaf is a scalar to write.
type leaf struct {
	*typePlan
	value  reflect.Value
	millis bool
}

// leaf writes a scalar as an element, self-closing if it is empty.
func (e *encoder) leaf(depth int, t tag, l leaf) {
	start := len(e.buf)
	e.line(depth, t.inline)
	inside := len(e.buf)
	e.scalar(l)
	if len(e.buf) == inside {
		e.buf = e.buf[:start]
		e.line(depth, t.empty)
		return
	}
	e.buf = append(e.buf, t.close...)
}

func (e *encoder) list(depth int, f *fieldPlan, list reflect.Value) {
	if list.Len() == 0 {
		e.line(depth, f.tag.empty)
		return
	}
	e.line(depth, f.tag.open)
	for i := range list.Len() {
		if f.elem.kind == kindStruct {
			e.content(depth+1, tagMember, f.elem.fields, list.Index(i))
			continue
		}
		e.leaf(depth+1, tagMember, leaf{f.elem, list.Index(i), false})
	}
	e.line(depth, f.tag.close)
}

// mapping writes a map in the order of its keys. AWS's order is that of a hash table; clients read
// the entries into a hash table of their own.
func (e *encoder) mapping(depth int, f *fieldPlan, m reflect.Value) {
	if m.Len() == 0 {
		e.line(depth, f.tag.empty)
		return
	}
	e.line(depth, f.tag.open)
	for _, key := range sortedKeys(m) {
		e.line(depth+1, tagEntry.open)
		e.element(depth+2, "key", key.String())
		e.leaf(depth+2, tagValue, leaf{f.elem, m.MapIndex(key), false})
		e.line(depth+1, tagEntry.close)
	}
	e.line(depth, f.tag.close)
}

func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	return keys
}

// scalar writes a value as text.
func (e *encoder) scalar(l leaf) {
	switch x := l.value; l.kind {
	case kindString:
		e.buf = appendText(e.buf, x.String())
	case kindBool:
		e.buf = strconv.AppendBool(e.buf, x.Bool())
	case kindInt:
		e.buf = strconv.AppendInt(e.buf, x.Int(), 10)
	case kindFloat:
		e.buf = strconv.AppendFloat(e.buf, x.Float(), 'g', -1, l.typ.Bits())
	case kindTime:
		e.buf = appendTime(e.buf, *x.Addr().Interface().(*time.Time), l.millis)
	case kindBlob:
		e.buf = base64.StdEncoding.AppendEncode(e.buf, x.Bytes())
	default:
		panic(fmt.Sprintf("awsapi: %v is not a scalar", l.typ))
	}
}

// appendTime writes a time as AWS does: UTC, without a fraction unless the
// member is one of those that have milliseconds.
func appendTime(b []byte, at time.Time, millis bool) []byte {
	if millis {
		return at.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	}
	return at.UTC().AppendFormat(b, "2006-01-02T15:04:05Z")
}
