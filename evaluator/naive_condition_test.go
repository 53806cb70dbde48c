package evaluator

// The conditions of the second evaluator; see naive_test.go.

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
)

type outcome int

const (
	outNo outcome = iota
	outYes
	outError
)

func outcomeOf(b bool) outcome {
	if b {
		return outYes
	}
	return outNo
}

func (n naive) condition(c *Condition, vars bool) outcome {
	base, ifExists := strings.CutSuffix(c.Operator, "IfExists")
	set := ""
	for _, prefix := range []string{"ForAnyValue:", "ForAllValues:"} {
		if rest, ok := strings.CutPrefix(base, prefix); ok {
			set, base = prefix, rest
		}
	}
	values, multi, present := n.lookup(c.Key)
	if len(values) == 0 {
		present = false
	}
	negated := strings.Contains(base, "Not")
	switch {
	case base == "Null" && set == "ForAllValues:":
		return outYes
	case base == "Null" && set == "ForAnyValue:":
		return outNo
	case base == "Null":
		for _, v := range c.Values {
			if strings.EqualFold(v.Value, "true") == !present {
				return outYes
			}
		}
		return outNo
	case !present:
		return outcomeOf(ifExists || set == "ForAllValues:" || set == "" && negated && len(c.Values) > 0)
	case len(c.Values) == 0, set == "" && multi:
		return outNo
	}
	var all []outcome
	for _, v := range values {
		all = append(all, n.value(base, negated, v, c.Values, vars))
	}
	first, last := outYes, outNo // ForAnyValue, and single values
	if set == "ForAllValues:" {
		first, last = outNo, outYes
	}
	for _, want := range []outcome{first, outError} {
		if slices.Contains(all, want) {
			return want
		}
	}
	return last
}

// value compares one value of the request with those of the policy.
func (n naive) value(base string, negated bool, v string, list []Text, vars bool) outcome {
	plain := strings.Replace(base, "Not", "", 1)
	switch {
	case plain == "ArnEquals" || plain == "ArnLike":
		if !naiveIsARN(v) {
			return outNo
		}
	case plain == "IpAddress":
		if _, ok := naiveAddress(v); !ok {
			return outNo
		}
	case base == "NumericNotEquals" && n.req.Mode == Simulate:
		if naiveNumber(v) == nil {
			return outNo
		}
	}
	for _, p := range list {
		switch n.one(plain, p.Value, v, vars) {
		case outYes:
			return outcomeOf(!negated)
		case outError:
			if plain == "IpAddress" {
				return outNo
			}
			return outError
		}
	}
	return outcomeOf(negated)
}

// one compares one value of the request with one of the policy.
func (n naive) one(op, p, v string, vars bool) outcome {
	if base, ok := strings.CutPrefix(op, "Numeric"); ok {
		a, b := naiveNumber(v), naiveNumber(p)
		return outcomeOf(a != nil && b != nil && naiveOrder(base, a.Cmp(b)))
	}
	if base, ok := strings.CutPrefix(op, "Date"); ok {
		a, ok1 := naiveDate(v)
		b, ok2 := naiveDate(p)
		return outcomeOf(ok1 && ok2 && naiveOrder(base, a.Cmp(b)))
	}
	switch op {
	case "StringEquals":
		return outcomeOf(n.glob(p, v, false, vars))
	case "StringLike":
		return outcomeOf(n.glob(p, v, true, vars))
	case "StringEqualsIgnoreCase":
		text, ok := n.fill(p, vars)
		return outcomeOf(ok && slices.Equal(javaLower(text), javaLower(v)))
	case "Bool":
		text, ok := n.fill(p, vars)
		return outcomeOf(ok && strings.EqualFold(text, "true") == strings.EqualFold(v, "true"))
	case "BinaryEquals":
		return outcomeOf(naiveBase64(v) && naiveBase64(p) && p == v)
	case "IpAddress":
		return n.network(p, v)
	}
	return n.arn(p, v, vars)
}

func (n naive) fill(p string, vars bool) (string, bool) {
	tokens, ok := n.tokens(p, false, vars)
	var units []uint16
	for _, tok := range tokens {
		units = append(units, tok.unit)
	}
	return string(utf16.Decode(units)), ok
}

func naiveOrder(name string, order int) bool {
	switch name {
	case "Equals":
		return order == 0
	case "LessThan":
		return order < 0
	case "LessThanEquals":
		return order <= 0
	case "GreaterThan":
		return order > 0
	}
	return order >= 0
}

var naiveDecimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

func naiveNumber(s string) *big.Rat {
	if !naiveDecimal.MatchString(s) {
		return nil
	}
	r, _ := new(big.Rat).SetString(strings.TrimPrefix(s, "+"))
	return r
}

var naiveISO = regexp.MustCompile(`^([+-]?[0-9]{1,9})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?(?:[Tt]` +
	`(?:([0-9]{1,2})(?:[.,]([0-9]{1,9})|:([0-9]{1,2})(?:[.,]([0-9]{1,9})|:([0-9]{1,2})(?:[.,]([0-9]{1,9}))?)?)?)?` +
	`([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$`)

// naiveDate returns milliseconds since 1970.
func naiveDate(s string) (*big.Int, bool) {
	if i, ok := new(big.Int).SetString(s, 10); ok && i.IsInt64() {
		return i.Mul(i, big.NewInt(1000)), true
	}
	t, ok := naiveTime(s)
	return big.NewInt(t.UnixMilli()), ok
}

func naiveTime(s string) (time.Time, bool) {
	m := naiveISO.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	num := func(i int) int {
		n := 0
		fmt.Sscanf(m[i], "%d", &n)
		return n
	}
	month, day := max(num(2), 1), max(num(3), 1)
	if m[2] != "" && num(2) == 0 || m[3] != "" && num(3) == 0 || num(4) > 23 || num(6) > 59 || num(8) > 59 {
		return time.Time{}, false
	}
	t := time.Date(num(1), time.Month(month), day, num(4), num(6), num(8), 0, time.UTC)
	if int(t.Month()) != month || t.Day() != day {
		return time.Time{}, false
	}
	for i, unit := range map[int]time.Duration{5: time.Hour, 7: time.Minute, 9: time.Second} {
		if m[i] != "" {
			part, _ := new(big.Rat).SetString("0." + m[i])
			part.Mul(part, new(big.Rat).SetInt64(int64(unit)))
			ns := new(big.Int).Quo(part.Num(), part.Denom()).Int64()
			t = t.Add(time.Duration(ns).Truncate(time.Millisecond))
		}
	}
	if z := strings.ReplaceAll(m[10], ":", ""); len(z) > 1 {
		var h, mi int
		fmt.Sscanf(z[1:3], "%d", &h)
		if len(z) == 5 {
			fmt.Sscanf(z[3:], "%d", &mi)
		}
		if h > 23 || mi > 59 {
			return time.Time{}, false
		}
		offset := time.Duration(h)*time.Hour + time.Duration(mi)*time.Minute
		if z[0] == '+' {
			offset = -offset
		}
		t = t.Add(offset)
	}
	return t, true
}

func naiveBase64(s string) bool {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	return err == nil && base64.StdEncoding.EncodeToString(b) == s
}

func naiveIsARN(s string) bool {
	return strings.HasPrefix(s, "arn:") && len(strings.SplitN(s, ":", 6)) == 6
}

func (n naive) arn(p, v string, vars bool) outcome {
	if p == "*" {
		return outYes
	}
	parts := colonParts(p, vars, 5)
	if strings.HasPrefix(p, "arn:") && len(parts) == 6 {
		for i, part := range strings.SplitN(v, ":", 6) {
			if !n.glob(parts[i], part, true, vars) {
				return outNo
			}
		}
		return outYes
	}
	if m := naiveVariable.FindStringSubmatchIndex(p); vars && m != nil && m[0] == 0 && m[1] == len(p) && !isEscape(p) {
		text, ok := n.variable(p, m)
		switch {
		case !ok:
			return outNo
		case naiveIsARN(text):
			return outcomeOf(text == v)
		}
	}
	return outError
}

func isEscape(p string) bool { return p == "${*}" || p == "${?}" || p == "${$}" }

var naiveV4 = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,3}){3}$`)

// plainAddress rewrites an address that AWS accepts in the form that netip reads.
func plainAddress(s string) (string, bool) {
	if naiveV4.MatchString(s) {
		parts := strings.Split(s, ".")
		for i, p := range parts {
			if parts[i] = strings.TrimLeft(p, "0"); parts[i] == "" {
				parts[i] = "0"
			}
		}
		return strings.Join(parts, "."), true
	}
	s = strings.Replace(s, ":::", "::", 1)
	if strings.HasSuffix(s, ":") && !strings.HasSuffix(s, "::") {
		s = s[:len(s)-1]
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && naiveV4.MatchString(s[i+1:]) {
		v4, _ := plainAddress(s[i+1:])
		s = s[:i+1] + v4
	}
	return s, strings.Contains(s, ":") && !strings.Contains(s, "%")
}

func naiveAddress(s string) (netip.Addr, bool) {
	text, ok := plainAddress(s)
	a, err := netip.ParseAddr(text)
	if !ok || err != nil || strings.Contains(s, ".") && a.Is6() && !a.Is4In6() {
		return a, false
	}
	return a.Unmap(), true
}

var naiveBits = regexp.MustCompile(`^\+?[0-9]+$`)

func (n naive) network(p, v string) outcome {
	bad := outNo
	if n.req.Mode == Simulate {
		bad = outError
	}
	text, bits, found := strings.Cut(p, "/")
	plain, ok := plainAddress(text)
	a, err := netip.ParseAddr(plain)
	if !ok || err != nil || a.Is6() && strings.Contains(text, ".") {
		return bad
	}
	size := a.BitLen()
	if found {
		if !naiveBits.MatchString(bits) {
			return bad
		}
		if _, err := fmt.Sscanf(strings.TrimPrefix(bits, "+"), "%d", &size); err != nil || size > a.BitLen() {
			return bad
		}
	}
	prefix := netip.PrefixFrom(a, size)
	if a.Is6() && prefix.Masked().Addr() != a {
		return bad
	}
	value, _ := naiveAddress(v)
	if a.Is4In6() {
		return outNo // it is IPv6, and mapped values count as IPv4
	}
	return outcomeOf(prefix.Contains(value))
}

// javaLower is String.toLowerCase for each UTF-16 unit.
func javaLower(s string) []rune {
	runes := []rune(s)
	var out []rune
	for i, r := range runes {
		switch {
		case r > 0xFFFF:
			out = append(out, r)
		case r == 0x130:
			out = append(out, 'i', 0x307)
		case r == 'Σ':
			if sigmaIsFinal(runes, i) {
				out = append(out, 'ς')
			} else {
				out = append(out, 'σ')
			}
		default:
			out = append(out, unicode.ToLower(r))
		}
	}
	return out
}

func sigmaIsFinal(runes []rune, i int) bool {
	neighbour := func(step int) bool {
		for j := i + step; j >= 0 && j < len(runes); j += step {
			r := runes[j]
			if strings.ContainsRune("'.:^`·’", r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) {
				continue
			}
			return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r)
		}
		return false
	}
	return neighbour(-1) && !neighbour(1)
}
