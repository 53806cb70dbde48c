package services

import (
	"slices"
	"strings"
)

// partiQLKeywords are the words that are not names of attributes or tables unless they are quoted.
var partiQLKeywords = []string{
	"AND", "AS", "ASC", "BETWEEN", "BY", "DELETE", "DESC", "EXISTS", "FALSE", "FROM", "IN", "INSERT", "INTO", "IS",
	"LIKE", "MISSING", "NOT", "NULL", "OR", "ORDER", "REMOVE", "RETURNING", "SELECT", "SET", "TRUE", "UPDATE", "VALUE", "WHERE",
}

func isKeyword(text string) bool { return slices.Contains(partiQLKeywords, strings.ToUpper(text)) }

func (p *partiQLReader) peek() token { return p.tokens[min(p.at, len(p.tokens)-1)] }

func (p *partiQLReader) next() token {
	t := p.peek()
	p.at++
	return t
}

func (p *partiQLReader) acceptWord(keyword string) bool {
	if t := p.peek(); t.kind != wordToken || !strings.EqualFold(t.text, keyword) {
		return false
	}
	p.at++
	return true
}

func (p *partiQLReader) acceptSymbol(text string) bool {
	if t := p.peek(); t.kind != symbolToken || t.text != text {
		return false
	}
	p.at++
	return true
}

func (p *partiQLReader) expectWord(keyword string) {
	if !p.acceptWord(keyword) {
		p.fail()
	}
}

func (p *partiQLReader) expectSymbol(text string) {
	if !p.acceptSymbol(text) {
		p.fail()
	}
}

// name reads a name, with or without quotes.
func (p *partiQLReader) name() string {
	t := p.next()
	if t.kind != nameToken && t.kind != wordToken {
		p.fail()
		return ""
	}
	return t.text
}

// parameter returns the value of the "?" that was read.
func (p *partiQLReader) parameter() members {
	p.used++
	if p.used > len(p.parameters) {
		p.fail()
		return nil
	}
	return p.parameters[p.used-1]
}

// enter goes one level deeper, and reports false if that is too deep.
func (p *partiQLReader) enter() bool {
	p.depth++
	if p.depth > maxNesting {
		p.fail()
	}
	return p.err == nil
}

func (p *partiQLReader) leave() { p.depth-- }

// fail notes that the statement cannot be read, and moves to its end.
func (p *partiQLReader) fail() {
	if p.err == nil {
		p.err = &Malformed{
			Reason: "Statement wasn't well formed, can't be processed: Unexpected token: " + p.peek().text,
		} // the reason's text is not confirmed
	}
	p.at = len(p.tokens)
}
