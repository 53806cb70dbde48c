package awsapi

import (
	"encoding/base64"
	"math"
	"reflect"
	"strconv"
	"time"
)

// set reads a scalar into dst. For a number it returns the value.
func (t *typePlan) set(dst reflect.Value, text string) (number int64, err error) {
	if t.kind == kindString {
		t.setString(dst, text)
		return 0, nil
	}
	switch dst := t.target(dst); t.kind {
	case kindBool:
		b, err := parseBool(text)
		dst.SetBool(b)
		return 0, err
	case kindInt:
		n, err := parseInt(text, t.typ.Bits())
		dst.SetInt(n)
		return n, err
	case kindFloat:
		x, err := strconv.ParseFloat(text, t.typ.Bits())
		if err != nil || math.IsInf(x, 0) {
			return 0, badNumber()
		}
		dst.SetFloat(x)
	case kindTime:
		at, err := parseTime(text)
		dst.Set(reflect.ValueOf(at))
		return 0, err
	case kindBlob:
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return 0, badBlob()
		}
		dst.SetBytes(b)
	}
	return 0, nil
}

// setString is a separate function because most values are strings, and reflection would allocate
// twice for each.
func (t *typePlan) setString(dst reflect.Value, text string) {
	if p, ok := dst.Addr().Interface().(**string); ok {
		*p = &text
		return
	}
	t.target(dst).SetString(text)
}

// parseInt reads a number as Java's Integer.parseInt does: a sign and leading zeros are accepted,
// spaces, fractions and exponents are not (recorded).
func parseInt(text string, bits int) (int64, error) {
	if text == "" {
		return 0, emptyNumber()
	}
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		return 0, badNumber()
	}
	return n, nil
}

// parseBool accepts only the spellings that AWS accepts (recorded), in lower case.
func parseBool(text string) (bool, error) {
	switch text {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, badBoolean()
}

// parseTime accepts ISO 8601 with a zone, and seconds since 1970.
func parseTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at.UTC(), nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, badTime()
	}
	return time.Unix(n, 0).UTC(), nil
}
