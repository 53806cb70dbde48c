package awsapi

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"time"
)

// setJSON reads a scalar into dst and returns it as a string.
func (t *typePlan) setJSON(dst reflect.Value, v any) (text string, err error) {
	switch t.kind {
	case kindString, kindBlob:
		s, ok := v.(string)
		if !ok {
			return "", misplaced(v, cannotConvert(v, "a String"))
		}
		if t.kind == kindString {
			t.setString(dst, s)
			return s, nil
		}
		return s, t.setBlob(dst, s)
	case kindBool:
		b, ok := v.(bool)
		if !ok {
			return "", misplaced(v, cannotConvert(v, "an Boolean")) // as measured at SES
		}
		t.target(dst).SetBool(b)
		return strconv.FormatBool(b), nil
	}
	n, ok := v.(json.Number)
	if !ok {
		return "", misplaced(v, cannotConvert(v, numberNames[t.kind]))
	}
	return n.String(), t.setNumber(t.target(dst), n)
}

// numberNames are AWS's names for the kinds of numbers.
var numberNames = map[kind]string{
	kindInt:   "an Integer",
	kindFloat: "a Double", // text not confirmed
	kindTime:  "a Date",   // text not confirmed
}

func (t *typePlan) setBlob(dst reflect.Value, text string) error {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return notSerialized("")
	}
	t.target(dst).SetBytes(b)
	return nil
}

// setNumber reads a number. The error for a number out of range has no message.
func (t *typePlan) setNumber(dst reflect.Value, n json.Number) error {
	switch t.kind {
	case kindInt:
		i, ok := wholePart(n)
		if !ok || dst.OverflowInt(i) {
			return notSerialized("")
		}
		dst.SetInt(i)
	case kindFloat:
		x, err := n.Float64()
		if err != nil {
			return notSerialized("")
		}
		dst.SetFloat(x)
	case kindTime:
		at, ok := epochTime(n)
		if !ok {
			return notSerialized("")
		}
		dst.Set(reflect.ValueOf(at))
	}
	return nil
}

// number returns the value of a number that setJSON has read.
func (t *typePlan) number(dst reflect.Value) int64 {
	if t.pointer {
		dst = dst.Elem()
	}
	return dst.Int()
}

// wholePart returns a number without its fraction, which is how AWS reads a number where it expects
// an integer (measured at Athena); false if it is too large.
func wholePart(n json.Number) (int64, bool) {
	if i, err := n.Int64(); err == nil {
		return i, true
	}
	x, err := n.Float64()
	if err != nil || math.Abs(x) >= 1<<63 {
		return 0, false
	}
	return int64(x), true
}

// lastSecond is the end of the year 9999: no time is later in any of AWS's forms.
const lastSecond = 253402300799

// epochTime reads seconds since 1970, with a precision of milliseconds.
func epochTime(n json.Number) (time.Time, bool) {
	seconds, err := n.Float64()
	if err != nil || math.Abs(seconds) > lastSecond {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), true
}

// setISO reads a time that is a string of ISO 8601 with a zone.
// https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait
func (t *typePlan) setISO(dst reflect.Value, v any) error {
	text, ok := v.(string)
	if !ok {
		return misplaced(v, cannotConvert(v, numberNames[kindTime]))
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return notSerialized("")
	}
	t.target(dst).Set(reflect.ValueOf(at.UTC()))
	return nil
}

// cannotConvert says that a scalar is not of the expected kind.
func cannotConvert(v any, to string) string {
	name := "STRING_VALUE"
	switch v := v.(type) {
	case json.Number:
		name = "NUMBER_VALUE"
	case bool:
		name = map[bool]string{true: "TRUE_VALUE", false: "FALSE_VALUE"}[v]
	}
	return name + " can not be converted to " + to
}
