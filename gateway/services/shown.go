package services

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// Shown is what CloudTrail's record shows of a call, in a compact form: it holds no secrets and no
// data, and does not keep the request alive. It is not for concurrent use until its last part was
// noted; what is returned is made anew each time.
type Shown struct {
	parameters []shownPart
	response   []shownPart
	sent       *Sent // of a call of S3
	size       int
}

// shownPart is a parameter, as its value was kept.
type shownPart struct {
	name  string // CloudTrail's
	kind  shownKind
	value any // a string, a bool, a jsonValue, a cborValue, or what is shown
}

// maxShown is how many bytes of parameters are kept of a call. Members that do not fit are left
// out. The longest that are shown are policies, of 20 KiB.
const maxShown = 32 << 10

// hiddenValue is what CloudTrail writes in place of a secret.
const hiddenValue = "HIDDEN_DUE_TO_SECURITY_REASONS"

// Shown returns what CloudTrail shows of the call that r was recognised as, with the host that the
// client has sent; nil if that is nothing. It is for a call whose Needs were found.
func (c *Call) Shown(r *Request, host string) *Shown {
	s := &Shown{}
	switch {
	case c.Service.Name == "s3":
		s.ofS3(c, r, host)
	case c.Service.Name == "ec2" && shownOfEC2[c.Operation] != nil:
		shownOfEC2[c.Operation](s, r.parameters())
	default:
		s.members(c, r, c.shownRules())
	}
	if len(s.parameters) == 0 {
		return nil
	}
	return s
}

// Parameters returns requestParameters.
func (s *Shown) Parameters() map[string]any { return shownMembersOf(s.parameters) }

// Response returns responseElements; empty if they are not known.
func (s *Shown) Response() map[string]any { return shownMembersOf(s.response) }

func shownMembersOf(parts []shownPart) map[string]any {
	all := make(map[string]any, len(parts))
	for i := range parts {
		if v := parts[i].shown(); v != nil {
			all[parts[i].name] = v
		}
	}
	return all
}

// Additional returns additionalEventData; empty if there is none.
func (s *Shown) Additional() map[string]any {
	all := map[string]any{}
	if s.sent == nil {
		return all
	}
	for name, text := range map[string]string{
		"SignatureVersion": s.sent.Version, "AuthenticationMethod": s.sent.Method, "x-amz-id-2": s.sent.ID,
	} {
		if text != "" {
			all[name] = text
		}
	}
	for name, n := range map[string]int64{"bytesTransferredIn": s.sent.In, "bytesTransferredOut": s.sent.Out} {
		if n >= 0 {
			all[name] = n
		}
	}
	return all
}

// Bytes is about what it takes.
func (s *Shown) Bytes() int {
	const own, part = 200, 80
	return own + s.size + part*(cap(s.parameters)+cap(s.response))
}

// add keeps a parameter of the length, if it fits.
func (s *Shown) add(name string, kind shownKind, value any, length int) {
	if s.size+length > maxShown {
		return
	}
	s.size += length
	if s.parameters == nil {
		const usual = 4
		s.parameters = make([]shownPart, 0, usual)
	}
	s.parameters = append(s.parameters, shownPart{name, kind, value})
}

// text keeps a string. It is copied, since it may be a part of a large body.
func (s *Shown) text(name, value string) {
	if len(value) <= maxShown {
		s.add(name, shownPlain, strings.Clone(value), len(value))
	}
}

// members keeps the members of a request that the rules are about.
func (s *Shown) members(c *Call, r *Request, rules []shownRule) {
	read := &reader{call: c, request: r}
	inBody := false
	for i := range rules {
		rule := &rules[i]
		if rule.member.place == 'b' {
			inBody = true
			continue
		}
		if list, err := read.direct(rule.member); err == nil && len(list) > 0 && list[0] != "" {
			s.keepText(rule, list[0])
		}
	}
	if !inBody {
		return
	}
	if root, err := read.root(); err == nil && root != nil {
		s.body(c, root, rules)
	}
}

// body keeps members of the body. The members of JSON are looked at once.
func (s *Shown) body(c *Call, root value, rules []shownRule) {
	switch v := root.(type) {
	case jsonValue:
		if !v.isObject() {
			return
		}
		v.each(func(key, part jsonValue) bool {
			if rule := ruleFor(rules, key[1:len(key)-1]); rule != nil && !part.isNull() {
				s.keep(rule, part)
			}
			return true
		})
	default:
		for i := range rules {
			rule := &rules[i]
			if rule.member.place != 'b' {
				continue
			}
			name := rule.member.in(c.Protocol)[0].name
			if m, err := v.member(name); err == nil && m != nil {
				s.keep(rule, m)
			}
		}
	}
}

func ruleFor(rules []shownRule, key []byte) *shownRule {
	for i := range rules {
		if m := rules[i].member; m.place == 'b' && m.steps[0].name == string(key) {
			return &rules[i]
		}
	}
	return nil
}

// keep keeps a member of the body.
func (s *Shown) keep(rule *shownRule, v value) {
	if reduce := reductions[rule.kind]; reduce != nil {
		shown, length := reduce(v)
		if shown != nil {
			s.add(rule.shown, shownAsIs, shown, length)
		}
		return
	}
	switch v := v.(type) {
	case jsonValue:
		if len(v) <= maxShown {
			s.add(rule.shown, rule.kind, jsonValue(bytes.Clone(v)), len(v))
		}
	case cborValue:
		if len(v) <= maxShown {
			s.add(rule.shown, rule.kind, cborValue(bytes.Clone(v)), len(v))
		}
	case formValue:
		if shown, length := v.shown(rule.kind); shown != nil {
			s.add(rule.shown, rule.kind, shown, length)
		}
	}
}

func (s *Shown) keepText(rule *shownRule, text string) {
	if rule.kind == shownHidden {
		text = hiddenValue
	}
	s.text(rule.shown, text)
}

// shownRule says that a member is shown, and how.
type shownRule struct {
	member *member
	shown  string // CloudTrail's name
	kind   shownKind
}

// shownRules returns the members that CloudTrail shows of the operation: those of the table or, of
// an operation that is not there, those that name its resources.
func (c *Call) shownRules() []shownRule {
	if rules, ok := shownTable()[c.Service.Name][c.Operation]; ok {
		return rules
	}
	if c.operation == nil {
		return nil
	}
	return c.operation.naming(c.Service)
}

// naming returns the members that name the operation's resources. They are in the ARNs that the
// call is decided on, so that they are no secrets.
func (o *operation) naming(s *Service) []shownRule {
	o.namingOnce.Do(func() {
		for _, p := range o.permissions() {
			for _, t := range p.resources {
				o.names = appendNaming(o.names, s, t)
			}
		}
	})
	return o.names
}

func appendNaming(rules []shownRule, s *Service, t template) []shownRule {
	for _, p := range t.parts {
		m := p.member
		if m == nil || m.place != 'u' && m.place != 'q' && (m.place != 'b' || len(m.steps) != 1) {
			continue
		}
		name := m.name
		if m.place == 'b' {
			name = m.steps[0].name
		}
		listed := m.place == 'b' && m.steps[0].kind != 0 && (m.steps[0].kind != '[' || s.Protocols[0] == EC2)
		same := func(r shownRule) bool { return r.shown == lowerFirst(name) }
		if listed || slices.ContainsFunc(opaqueNames, func(part string) bool { return strings.Contains(name, part) }) ||
			slices.ContainsFunc(rules, same) {
			continue
		}
		rules = append(rules, shownRule{member: m, shown: lowerFirst(strings.TrimSuffix(name, "[]"))})
	}
	return rules
}

// opaqueNames are parts of the names of members that are not shown, though a resource is found by
// them.
var opaqueNames = []string{"Blob", "Handle", "Iterator", "Password", "Token"}

// shownTable is shownMembers, read at the first call.
var shownTable = sync.OnceValue(func() map[string]map[string][]shownRule {
	all := map[string]map[string][]shownRule{}
	for service, operations := range shownMembers {
		all[service] = map[string][]shownRule{}
		for names, members := range operations {
			var rules []shownRule
			for item := range strings.FieldsSeq(members) {
				rules = append(rules, parseShown(item))
			}
			for name := range strings.FieldsSeq(names) {
				all[service][name] = rules
			}
		}
	}
	return all
})

// parseShown reads a word of shownMembers.
func parseShown(item string) shownRule {
	item, kind, _ := strings.Cut(item, "!")
	item, shown, renamed := strings.Cut(item, ">")
	if len(item) < 2 || item[1] != ':' {
		item = "b:" + item
	}
	r := shownRule{member: parseMember(item), kind: shownKinds[kind]}
	if r.shown = shown; !renamed {
		_, name, _ := strings.Cut(item, ":")
		r.shown = lowerFirst(name)
	}
	return r
}
