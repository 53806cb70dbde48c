package evaluator

import (
	"encoding/json"
	"strings"
)

// RewritePrincipals returns the document with every principal replaced by
// what f returns for it; all other text stays as it is, byte for byte. It is
// for saving the ARN of a user or role as its unique ID, and for showing the
// ID as an ARN again. An error of f ends it and is returned. The other error is
// Parse's *SyntaxError.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func RewritePrincipals(src string, f func(PrincipalRef) (string, error)) (string, error) {
	doc, err := Parse(src)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	done := int32(0)
	for p := range doc.Principals() {
		value, err := f(p)
		if err != nil {
			return "", err
		}
		if value == p.Value {
			continue
		}
		b.WriteString(src[done:p.from])
		writeString(&b, value)
		done = p.to
	}
	b.WriteString(src[done:])
	return b.String(), nil
}

// writeString writes a JSON string without escaping for HTML.
func writeString(b *strings.Builder, s string) {
	enc := json.NewEncoder(trimmed{b})
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // neither a string nor a Builder can fail
}

// trimmed drops the line feed that an Encoder ends with.
type trimmed struct{ *strings.Builder }

func (t trimmed) Write(p []byte) (int, error) {
	t.Builder.WriteString(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

// The order in which AWS writes the members of trust documents that it shows. Sid, NotAction
// and Id are not recorded; they are where AWS's console puts them.
var (
	documentOrder  = []string{"Version", "Id", "Statement"}
	statementOrder = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)

// NormalizeTrust returns a trust document as AWS shows it after it was
// written: compact, members in the order Effect, Principal, Action, Condition, and
// lists of one element as that element, except Statement (recorded; the
// answer to CreateRole itself shows what was sent). The error is a *SyntaxError.
func NormalizeTrust(src string) (string, error) {
	if _, err := Parse(src); err != nil {
		return "", err
	}
	t, _ := parseJSON(src) // Parse has read it
	defer t.release()
	w := writer{tree: t}
	w.object(&t.nodes[0], documentOrder, func(key string, value *node) {
		if key == "Statement" {
			w.statements(value)
			return
		}
		w.value(value)
	})
	return w.String(), nil
}

// writer writes a tree as compact JSON.
type writer struct {
	*tree
	strings.Builder
}

// object writes the members of n in the given order, and then the others.
func (w *writer) object(n *node, order []string, f func(key string, value *node)) {
	w.WriteByte('{')
	first := true
	member := func(key, value *node) {
		if !first {
			w.WriteByte(',')
		}
		first = false
		writeString(&w.Builder, key.text)
		w.WriteByte(':')
		f(key.text, value)
	}
	for _, name := range order {
		w.eachMember(n, func(key, value *node) {
			if key.text == name {
				member(key, value)
			}
		})
	}
	if order == nil {
		w.eachMember(n, member)
	}
	w.WriteByte('}')
}

func (t *tree) eachMember(n *node, f func(key, value *node)) {
	for i := n.child; i != 0; {
		key := &t.nodes[i]
		value := &t.nodes[key.next]
		f(key, value)
		i = value.next
	}
}

func (w *writer) statements(n *node) {
	if n.kind == objectNode {
		w.object(n, statementOrder, func(_ string, value *node) { w.value(value) })
		return
	}
	w.elements(n, func(element *node) {
		w.object(element, statementOrder, func(_ string, value *node) { w.value(value) })
	})
}

func (w *writer) elements(n *node, write func(element *node)) {
	w.WriteByte('[')
	for i := n.child; i != 0; i = w.nodes[i].next {
		if i != n.child {
			w.WriteByte(',')
		}
		write(&w.nodes[i])
	}
	w.WriteByte(']')
}

func (w *writer) value(n *node) {
	switch n.kind {
	case objectNode:
		w.object(n, nil, func(_ string, value *node) { w.value(value) })
	case arrayNode:
		w.list(n)
	case stringNode:
		writeString(&w.Builder, n.text)
	default:
		w.WriteString(n.text)
	}
}

func (w *writer) list(n *node) {
	if n.count == 1 {
		w.value(&w.nodes[n.child])
		return
	}
	w.elements(n, w.value)
}
