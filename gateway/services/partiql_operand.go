package services

import (
	"slices"
	"strings"
)

// or reads a condition, or a single operand.
func (p *partiQLReader) or() *condition {
	if !p.enter() {
		return noCondition
	}
	defer p.leave()
	return p.chain(orCondition, "OR", p.and)
}

func (p *partiQLReader) and() *condition { return p.chain(andCondition, "AND", p.not) }

func (p *partiQLReader) chain(kind conditionKind, keyword string, part func() *condition) *condition {
	first := part()
	if !p.acceptWord(keyword) {
		return first
	}
	c := &condition{kind: kind, children: []*condition{first, part()}}
	for p.acceptWord(keyword) {
		c.children = append(c.children, part())
	}
	return c
}

func (p *partiQLReader) not() *condition {
	not := false
	for p.acceptWord("NOT") {
		not = true
	}
	c := p.comparison()
	if not {
		return noCondition
	}
	return c
}

var comparisons = []string{"<>", "!=", "<", ">", "<=", ">="}

func (p *partiQLReader) comparison() *condition {
	left := p.operand()
	not := p.acceptWord("NOT")
	switch t := p.peek(); {
	case p.acceptWord("IN"):
		if in := p.in(left); !not {
			return in
		}
	case p.acceptWord("BETWEEN"):
		p.operand()
		p.expectWord("AND")
		p.operand()
	case p.acceptWord("LIKE"):
		p.operand()
	case not:
		p.fail()
	case p.acceptWord("IS"):
		p.acceptWord("NOT")
		p.name()
	case p.acceptSymbol("="):
		return equal(left, p.operand())
	case t.kind == symbolToken && slices.Contains(comparisons, t.text):
		p.next()
		p.operand()
	default:
		return left
	}
	return noCondition
}

// in reads the values after IN.
func (p *partiQLReader) in(left *condition) *condition {
	values, ok := p.inValues()
	if !ok || left.kind != attributeOperand {
		return noCondition
	}
	return &condition{kind: equalCondition, path: left.path, values: values}
}

// inValues returns the values as strings, and false if one of them has no string.
func (p *partiQLReader) inValues() (values []string, ok bool) {
	ok = true
	add := func(v *condition) {
		ok = ok && v.kind == constantOperand
		values = append(values, v.values...)
	}
	if p.acceptSymbol("?") {
		for _, v := range p.parameter().objects("L") {
			add(constantOf(v))
		}
		return values, ok && len(values) > 0
	}
	closing := map[string]string{"(": ")", "[": "]", "<<": ">>"}[p.peek().text]
	if p.next().kind != symbolToken || closing == "" {
		p.fail()
		return nil, false
	}
	p.list(func() { add(p.operand()) })
	p.expectSymbol(closing)
	return values, ok
}

var arithmetic = []string{"+", "-", "||", "*", "/", "%"}

func (p *partiQLReader) operand() *condition {
	c := p.primary()
	for {
		t := p.peek()
		if t.kind != symbolToken || !slices.Contains(arithmetic, t.text) {
			return c
		}
		p.next()
		p.primary()
		c = noCondition
	}
}

// primary reads a value, an attribute, a call or what is in brackets.
func (p *partiQLReader) primary() *condition {
	switch t := p.next(); t.kind {
	case numberToken:
		return &condition{kind: constantOperand, values: []string{plainNumber(t.text)}}
	case stringToken:
		return &condition{kind: constantOperand, values: []string{t.text}}
	case nameToken:
		return p.path(t.text)
	case wordToken:
		return p.word(t.text)
	case symbolToken:
		return p.bracket(t.text)
	}
	p.fail()
	return noCondition
}

// partiQLConstants are words that are values.
var partiQLConstants = []string{"FALSE", "MISSING", "NULL", "TRUE"}

func (p *partiQLReader) word(text string) *condition {
	switch upper := strings.ToUpper(text); {
	case upper == "EXISTS":
		p.s.nested = append(p.s.nested, p.exists())
	case slices.Contains(partiQLConstants, upper):
	case isKeyword(text):
		p.fail()
	case p.acceptSymbol("("):
		if !p.acceptSymbol(")") {
			p.list(func() { p.or() })
			p.expectSymbol(")")
		}
	default:
		return p.path(text)
	}
	return noCondition
}

func (p *partiQLReader) bracket(text string) *condition {
	switch text {
	case "?":
		return constantOf(p.parameter())
	case "-", "+":
		if t := p.peek(); t.kind == numberToken {
			p.next()
			return &condition{kind: constantOperand, values: []string{plainNumber(text + t.text)}}
		}
		p.fail()
	case "(":
		c := p.or()
		for p.acceptSymbol(",") {
			p.or()
			c = noCondition
		}
		p.expectSymbol(")")
		return c
	case "[":
		p.values("]", func() { p.operandWithin() })
	case "<<":
		p.values(">>", func() { p.operandWithin() })
	case "{":
		p.values("}", func() {
			p.next()
			p.expectSymbol(":")
			p.operandWithin()
		})
	default:
		p.fail()
	}
	return noCondition
}

// values reads things with commas between them, or none, up to the closing bracket.
func (p *partiQLReader) values(closing string, one func()) {
	if p.acceptSymbol(closing) {
		return
	}
	p.list(one)
	p.expectSymbol(closing)
}

func (p *partiQLReader) operandWithin() {
	if p.enter() {
		defer p.leave()
		p.operand()
	}
}

// path reads the rest of a document path that begins with the name.
func (p *partiQLReader) path(name string) *condition {
	if name == p.alias && name != "" && p.acceptSymbol(".") {
		name = p.name()
	}
	p.touch(name)
	nested := false
	for {
		switch {
		case p.acceptSymbol("."):
			if !p.acceptSymbol("*") {
				p.name()
			}
		case p.acceptSymbol("["):
			p.next()
			p.expectSymbol("]")
		default:
			if nested {
				return noCondition
			}
			return &condition{kind: attributeOperand, path: name}
		}
		nested = true
	}
}

// constantOf returns the operand for an attribute value.
func constantOf(value members) *condition {
	text, ok := keyText(value)
	if !ok {
		return noCondition
	}
	return &condition{kind: constantOperand, values: []string{text}}
}
