package services

import (
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// cborValue is the encoding of a CBOR value that is known to be well formed.
// Nothing more is decoded before it is asked for.
type cborValue cbor.RawMessage

// cborMode refuses what servers read in different ways: duplicate keys, and strings that are not
// UTF-8.
var cborMode = sync.OnceValue(func() cbor.DecMode {
	mode, err := cbor.DecOptions{DupMapKey: cbor.DupMapKeyEnforcedAPF, MaxNestedLevels: maxDepth,
		MaxArrayElements: maxElements, MaxMapPairs: maxElements}.DecMode()
	if err != nil {
		panic(err)
	}
	return mode
})

func readCBOR(body []byte) (value, error) {
	if len(body) == 0 {
		return nil, nil
	}
	if cborMode().Wellformed(body) != nil {
		return nil, errSyntax
	}
	return cborValue(body), nil
}

func (v cborValue) fields() (map[string]cbor.RawMessage, error) {
	var out map[string]cbor.RawMessage
	if err := cborMode().Unmarshal(v, &out); err != nil {
		return nil, errSyntax
	}
	return out, nil
}

func (v cborValue) isNull() bool { return len(v) == 1 && (v[0] == 0xf6 || v[0] == 0xf7) }

func (v cborValue) member(name string) (value, error) {
	fields, err := v.fields()
	if err != nil {
		return nil, err
	}
	m, ok := fields[name]
	if !ok || cborValue(m).isNull() {
		return nil, nil
	}
	return cborValue(m), nil
}

func (v cborValue) list(name string) ([]value, error) {
	m, err := v.member(name)
	if m == nil || err != nil {
		return nil, err
	}
	return m.elements()
}

func (v cborValue) elements() ([]value, error) {
	var parts []cbor.RawMessage
	if err := cborMode().Unmarshal(v, &parts); err != nil {
		return nil, errSyntax
	}
	if len(parts) > maxParts {
		return nil, errTooMuch
	}
	var out []value
	for _, part := range parts {
		out = append(out, cborValue(part))
	}
	return out, nil
}

func (v cborValue) entries() ([]entry, error) {
	fields, err := v.fields()
	if err != nil {
		return nil, err
	}
	if len(fields) > maxParts {
		return nil, errTooMuch
	}
	var out []entry
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out = append(out, entry{name, cborValue(fields[name])})
	}
	return out, nil
}

func (v cborValue) text() (string, bool) {
	var decoded any
	if cborMode().Unmarshal(v, &decoded) != nil {
		return "", false
	}
	switch x := decoded.(type) {
	case string:
		return x, true
	case bool:
		return strconv.FormatBool(x), true
	case uint64:
		return strconv.FormatUint(x, 10), true
	case int64:
		return strconv.FormatInt(x, 10), true
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64), true
	}
	return "", false
}
