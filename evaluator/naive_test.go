package evaluator

// This file is a second evaluator, written from the rules alone and for
// nothing but plainness: it shares only the parser with the first. The two are
// compared on all cases of testdata and on random requests.

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
)

type naive struct {
	req *Request
	pol *Policies
}

func (n naive) lookup(key string) (values []string, multi, ok bool) {
	if n.req.Context == nil {
		return nil, false, false
	}
	for _, k := range n.req.Context.keys {
		if strings.ToLower(k.name) == strings.ToLower(key) {
			return k.values, k.multi, true
		}
	}
	return nil, false, false
}

// Texts.

var naiveVariable = regexp.MustCompile(`(?s)\$\{([^ \t\r\n{',}]+)(?:\}|, *'(.*?)'\})`)

// naiveToken is one UTF-16 unit of text, or a wildcard.
type naiveToken struct {
	unit uint16
	wild byte // '*', '?' or 0
}

func literalTokens(s string) []naiveToken {
	var out []naiveToken
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, naiveToken{unit: u})
	}
	return out
}

// tokens fills variables and marks wildcards; false if a variable has no value.
func (n naive) tokens(s string, wild, vars bool) ([]naiveToken, bool) {
	var out []naiveToken
	plain := func(text string) {
		for _, tok := range literalTokens(text) {
			if wild && (tok.unit == '*' || tok.unit == '?') {
				tok = naiveToken{wild: byte(tok.unit)}
			}
			out = append(out, tok)
		}
	}
	if !vars {
		plain(s)
		return out, true
	}
	for {
		m := naiveVariable.FindStringSubmatchIndex(s)
		if m == nil {
			plain(s)
			return out, true
		}
		plain(s[:m[0]])
		value, ok := n.variable(s, m)
		if !ok {
			return nil, false
		}
		out = append(out, literalTokens(value)...)
		s = s[m[1]:]
	}
}

func (n naive) variable(s string, m []int) (string, bool) {
	name := s[m[2]:m[3]]
	if m[4] < 0 && (name == "*" || name == "?" || name == "$") {
		return name, true
	}
	values, multi, ok := n.lookup(name)
	switch {
	case ok && multi:
		return "", false
	case ok:
		return values[0], true
	case m[4] >= 0:
		return s[m[4]:m[5]], true
	}
	return "", false
}

// globTokens matches by filling a table: row i, column j says whether the first i
// tokens match the first j units.
func globTokens(p []naiveToken, s string) bool {
	u := utf16.Encode([]rune(s))
	row := make([]bool, len(u)+1)
	row[0] = true
	for _, tok := range p {
		next := make([]bool, len(u)+1)
		for j := range next {
			switch {
			case tok.wild == '*':
				next[j] = row[j] || j > 0 && next[j-1]
			case j > 0 && (tok.wild == '?' || tok.unit == u[j-1]):
				next[j] = row[j-1]
			}
		}
		row = next
	}
	return row[len(u)]
}

func (n naive) glob(p, s string, wild, vars bool) bool {
	t, ok := n.tokens(p, wild, vars)
	return ok && globTokens(t, s)
}

func naiveAction(p, action string) bool {
	return naive{}.glob(asciiLower(p), asciiLower(action), true, false)
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 32
		}
		return r
	}, s)
}

// colonParts splits at colons outside variables, at most count times.
func colonParts(s string, vars bool, count int) []string {
	hidden := s
	if vars {
		hidden = naiveVariable.ReplaceAllStringFunc(s, func(v string) string { return strings.Repeat("x", len(v)) })
	}
	var parts []string
	for len(parts) < count {
		i := strings.IndexByte(hidden, ':')
		if i < 0 {
			break
		}
		parts = append(parts, s[:i])
		s, hidden = s[i+1:], hidden[i+1:]
	}
	return append(parts, s)
}

func (n naive) resource(p, s string, vars bool) bool {
	if !strings.HasPrefix(p, "arn:") {
		return n.glob(p, s, true, vars)
	}
	parts := colonParts(p, vars, 5)
	if len(parts) < 6 && vars {
		for _, v := range naiveVariable.FindAllStringSubmatch(p, -1) {
			if !slices.Contains([]string{"*", "?", "$"}, v[1]) || strings.Contains(v[0], "'") {
				return false
			}
		}
	}
	for len(parts) < 6 {
		parts = append(parts, "*")
	}
	return n.resourceParts(parts, s, vars)
}

func (n naive) resourceParts(parts []string, s string, vars bool) bool {
	if len(parts) == 1 {
		return n.glob(parts[0], s, true, vars)
	}
	for i := range len(s) {
		if s[i] != ':' {
			continue
		}
		first := strings.IndexByte(s, ':')
		if n.glob(parts[0], s[:first], true, vars) && n.resourceParts(parts[1:], s[i+1:], vars) {
			return true
		}
		if !strings.HasSuffix(parts[0], "*") {
			return false // only a final star runs over colons
		}
	}
	return false
}

// Conditions.

var naiveOperator = regexp.MustCompile(`^(ForAnyValue:|ForAllValues:)?(.+?)(IfExists)?$`)

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
	m := naiveOperator.FindStringSubmatch(c.Operator)
	set, base, ifExists := m[1], m[2], m[3] != ""
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

// plainAddress brings what AWS accepts into the form that netip reads.
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
		if !regexp.MustCompile(`^\+?[0-9]+$`).MatchString(bits) {
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

// Statements.

// naiveStatement returns whether a statement applies, and how it names the caller.
func (n naive) statement(p *Policy, s *Statement) (bool, Grant) {
	kind, vars := p.Kind(), p.Document().Version == "2012-10-17"
	if n.req.ForeignResourceType || !n.actionApplies(s) || !n.resourceApplies(s, kind, vars) {
		return false, NoGrant
	}
	grant := NoGrant
	if kind == Resource || kind == Trust || kind == VPCEndpoint {
		var ok bool
		if ok, grant = n.principalApplies(s, kind); !ok {
			return false, NoGrant
		}
	}
	worst := outYes
	for i := range s.Conditions {
		switch n.condition(&s.Conditions[i], vars) {
		case outNo:
			return false, NoGrant
		case outError:
			worst = outError
		}
	}
	return worst == outYes || s.Effect == Deny, grant
}

func (n naive) actionApplies(s *Statement) bool {
	for _, a := range s.Actions {
		if naiveAction(a.Value, n.req.Action) {
			return true
		}
	}
	if s.NotActions == nil {
		return false
	}
	for _, a := range s.NotActions {
		if naiveAction(a.Value, n.req.Action) {
			return false
		}
	}
	return true
}

func (n naive) resourceApplies(s *Statement, kind Kind, vars bool) bool {
	resource := n.req.Resource
	if resource == "" {
		resource = "*"
	}
	if s.Resources == nil && s.NotResources == nil {
		return kind == Resource || kind == Trust
	}
	for _, r := range s.Resources {
		if n.resource(r.Value, resource, vars) {
			return true
		}
	}
	if len(s.NotResources) == 0 {
		return false
	}
	for _, r := range s.NotResources {
		if _, ok := n.tokens(r.Value, true, vars); !ok || n.resource(r.Value, resource, vars) {
			return false
		}
	}
	return true
}

// naiveNames says in which ways a principal of a policy names the caller.
func (n naive) names(p PrincipalRef) (everyone, account, entity, self bool) {
	c := n.req.Principal
	signed := c.Kind == Root || c.Kind == User || c.Kind == RoleSession || c.Kind == FederatedUser
	switch p.Type {
	case "Service":
		return false, false, false, c.Kind == Service && c.Service == p.Value
	case "Federated":
		return false, false, false, (c.Kind == WebIdentity || c.Kind == SAML) && c.Federated == p.Value
	case "CanonicalUser":
		return false, signed && c.CanonicalID == p.Value, false, false
	case "", "AWS":
	default:
		return false, false, false, false
	}
	if p.Value == "*" {
		return c.Kind != WebIdentity && c.Kind != SAML, false, false, false
	}
	if !signed {
		return false, false, false, false
	}
	parts := strings.SplitN(p.Value, ":", 6)
	if p.Value == c.Account || len(parts) == 6 && parts[2] == "iam" && parts[5] == "root" && parts[4] == c.Account {
		return false, true, false, false
	}
	if c.Kind == Root {
		return false, false, false, false
	}
	self = p.Value == c.ARN || c.Kind == User && p.Value == c.EntityID
	entity = !self && (p.Value == c.EntityARN || p.Value == c.EntityID)
	return false, false, entity, self
}

func (n naive) principalApplies(s *Statement, kind Kind) (bool, Grant) {
	c := n.req.Principal
	if s.Principals == nil && s.NotPrincipals == nil {
		return kind == VPCEndpoint, NoGrant
	}
	for _, p := range s.Principals {
		if kind == VPCEndpoint && p.Value == "*" && (p.Type == "" || p.Type == "AWS") {
			return true, NoGrant
		}
	}
	list := s.Principals
	if list == nil {
		list = s.NotPrincipals
	}
	var everyone, account, entity, self bool
	for _, p := range list {
		a, b, c, d := n.names(p)
		everyone, account, entity, self = everyone || a, account || b, entity || c, self || d
	}
	if s.Principals != nil {
		switch {
		case everyone, self, account && c.Kind == Root:
			return true, GrantPrincipal
		case entity, account && c.Kind != User && namesPrincipalArn(s):
			return true, GrantEntity
		case account:
			return true, GrantAccount
		}
		return false, NoGrant
	}
	if s.Effect == Allow {
		return !everyone && !account && !entity && !self, GrantPrincipal
	}
	if n.pol.Boundary != nil {
		return true, NoGrant
	}
	exempt := self
	switch c.Kind {
	case Root:
		exempt = account
	case User:
		exempt = account && self
	case RoleSession, FederatedUser:
		exempt = account && entity && self
	}
	return !exempt && !everyone, NoGrant
}

func namesPrincipalArn(s *Statement) bool {
	for _, c := range s.Conditions {
		op := strings.TrimPrefix(c.Operator, "ForAnyValue:")
		if strings.EqualFold(c.Key, "aws:PrincipalArn") &&
			slices.Contains([]string{"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}, op) {
			return true
		}
	}
	return false
}

// Layers.

type naiveLayer struct {
	kind     Kind
	decision Decision
	grant    Grant
	matches  []string
}

func (n naive) layer(kind Kind, policies ...*Policy) naiveLayer {
	l := naiveLayer{kind: kind}
	for _, p := range policies {
		for i := range p.Document().Statements {
			s := &p.Document().Statements[i]
			ok, grant := n.statement(p, s)
			if !ok {
				continue
			}
			l.matches = append(l.matches, fmt.Sprintf("%s/%s/%d", kind, p.Origin().ID, i))
			if s.Effect == Deny {
				l.decision = ExplicitDeny
			} else {
				l.grant = max(l.grant, grant)
				if l.decision == ImplicitDeny {
					l.decision = Allowed
				}
			}
		}
	}
	return l
}

type naiveResult struct {
	decision Decision
	denied   Kind
	layers   []string
	matches  []string
	missing  []string
}

func (n naive) layers() []naiveLayer {
	c, p := n.req.Principal, n.pol
	signed := slices.Contains([]PrincipalKind{Root, User, RoleSession, FederatedUser}, c.Kind)
	var out []naiveLayer
	organization := func(kind Kind, levels [][]*Policy, exempt Exemption) {
		if levels != nil && exempt != NotExempt {
			out = append(out, naiveLayer{kind: kind, decision: Allowed})
			return
		}
		for _, level := range levels {
			out = append(out, n.layer(kind, level...))
		}
	}
	organization(RCP, p.RCP, p.RCPExempt)
	if signed {
		organization(SCP, p.SCP, p.SCPExempt)
	}
	if p.VPCEndpoint != nil {
		out = append(out, n.layer(VPCEndpoint, p.VPCEndpoint))
	}
	kind := Resource
	if p.ResourceRule == TrustRule {
		kind = Trust
	}
	switch {
	case p.Resource != nil:
		out = append(out, n.layer(kind, p.Resource))
	case n.resourceNeeded():
		out = append(out, naiveLayer{kind: kind})
	}
	if !signed {
		return out
	}
	if c.Kind == Root {
		out = append(out, naiveLayer{kind: Identity, decision: Allowed})
	} else {
		out = append(out, n.layer(Identity, p.Identity...))
	}
	if p.Boundary != nil {
		out = append(out, n.layer(Boundary, p.Boundary))
	}
	if len(p.Session) > 0 || p.SessionRequired || c.Kind == FederatedUser {
		out = append(out, n.layer(Session, p.Session...))
	}
	return out
}

func (n naive) cross() bool {
	c := n.req.Principal
	return n.req.ResourceAccount != "" && c.Account != "" && c.Kind != Service && n.req.ResourceAccount != c.Account
}

// resourceNeeded: the resource's policy must allow roles and keys, across
// accounts, and callers without policies of their own.
func (n naive) resourceNeeded() bool {
	kind := n.req.Principal.Kind
	unsigned := kind == Anonymous || kind == Service || kind == WebIdentity || kind == SAML
	return n.pol.ResourceRule != OrdinaryRule || n.cross() || unsigned
}

// needed reports whether a layer must allow, given how the resource-based
// policy of the same account names the caller.
func (n naive) needed(kind Kind, g Grant) bool {
	if n.cross() {
		g = NoGrant
	}
	if g == GrantAccount && n.req.Mode == Simulate && n.pol.ResourceRule == OrdinaryRule {
		g = GrantPrincipal
	}
	switch kind {
	case Resource, Trust:
		return n.resourceNeeded()
	case Identity:
		return g < GrantEntity
	case Boundary, Session:
		return g < GrantPrincipal
	}
	return true
}

func (n naive) evaluate() naiveResult {
	layers := n.layers()
	var r naiveResult
	grant := NoGrant
	for _, l := range layers {
		r.layers = append(r.layers, fmt.Sprint(l.kind, " ", l.decision))
		r.matches = append(r.matches, l.matches...)
		if (l.kind == Resource || l.kind == Trust) && l.decision == Allowed {
			grant = l.grant
		}
	}
	for _, kind := range []Kind{RCP, SCP, VPCEndpoint, Resource, Trust, Session, Boundary, Identity} {
		for _, l := range layers {
			if l.kind == kind && l.decision == ExplicitDeny {
				r.decision, r.denied = ExplicitDeny, kind
				return r
			}
		}
	}
	for _, l := range layers {
		if n.req.ForeignResourceType {
			r.denied = layers[len(layers)-1].kind
			break
		}
		if l.decision != Allowed && n.needed(l.kind, grant) {
			r.denied = l.kind
			break
		}
	}
	if r.denied == NoKind {
		r.decision = Allowed
		return r
	}
	r.missing = n.missing(r.denied)
	return r
}

func (n naive) missing(denied Kind) []string {
	p := n.pol
	var all []*Policy
	all = append(append(all, p.Identity...), p.Boundary, p.Resource)
	if n.req.Mode == Enforce {
		all = append(append(all, p.Session...), p.VPCEndpoint)
		all = append(append(all, slices.Concat(p.SCP...)...), slices.Concat(p.RCP...)...)
	} else if denied == SCP {
		return nil
	}
	seen := map[string]bool{}
	for _, q := range all {
		if q == nil {
			continue
		}
		for _, s := range q.Document().Statements {
			n.mentioned(q, s, seen)
		}
	}
	var out []string
	for key := range seen {
		_, _, ok := n.lookup(key)
		if ok && n.req.Mode == Simulate {
			for _, k := range n.req.Context.keys {
				ok = ok && !(strings.EqualFold(k.name, key) && k.defaulted)
			}
		}
		if !ok {
			out = append(out, key)
		}
	}
	return out
}

func (n naive) mentioned(p *Policy, s Statement, seen map[string]bool) {
	texts := slices.Concat(s.Resources, s.NotResources)
	for _, c := range s.Conditions {
		seen[c.Key] = true
		texts = append(texts, c.Values...)
	}
	if p.Document().Version != "2012-10-17" {
		return
	}
	for _, t := range texts {
		for _, m := range naiveVariable.FindAllStringSubmatch(t.Value, -1) {
			if !isEscape(m[0]) {
				seen[m[1]] = true
			}
		}
	}
}

// naiveDiff compares a result with that of the second evaluator.
func naiveDiff(req *Request, pol *Policies, r *Result) string {
	want := naive{req, pol}.evaluate()
	got := naiveResult{decision: r.Decision, denied: r.DeniedBy, missing: slices.Clone(r.MissingKeys)}
	for _, l := range r.Layers {
		got.layers = append(got.layers, fmt.Sprint(l.Kind, " ", l.Decision))
	}
	for _, m := range r.Matches {
		got.matches = append(got.matches, fmt.Sprintf("%s/%s/%d", m.Layer, m.Policy.Origin().ID, m.Statement.Index))
	}
	sort.Strings(got.missing)
	sort.Strings(want.missing)
	a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want)
	if a == b {
		return ""
	}
	return "\nfirst:  " + a + "\nsecond: " + b
}
