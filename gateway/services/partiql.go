package services

import (
	"slices"
	"strings"
)

// statement is what a PartiQL statement of DynamoDB uses.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
type statement struct {
	verb         string // SELECT, INSERT, UPDATE or DELETE
	table, index string
	attributes   unique // of the top level
	all          bool   // SELECT *
	returns      string // the value of dynamodb:ReturnValues
	where        *condition
	item         members      // of INSERT: the attribute values that have a string
	nested       []*statement // of EXISTS
}

// partiQLReader reads a statement by recursive descent. The first error stays, and
// moves it to the end, where no token matches any more.
type partiQLReader struct {
	tokens     []token
	at         int
	parameters []members // a value for each "?"
	used       int
	depth      int
	alias      string // of the table
	s          *statement
	err        error
}

// maxPartiQL is the maximum length of a statement in DynamoDB, maxNesting how deeply a statement
// may be nested here.
const (
	maxPartiQL = 8192
	maxNesting = 64
)

// readPartiQL reads a statement with its parameters.
func readPartiQL(text string, parameters []members) (*statement, error) {
	if text == "" || len(text) > maxPartiQL {
		return nil, &Malformed{
			Reason: "1 validation error detected: Value at 'statement' failed to satisfy constraint: Member must have length between 1 and 8192",
		} // text not confirmed
	}
	p := &partiQLReader{tokens: partiQLTokens(text), parameters: parameters}
	s := p.statement()
	p.acceptSymbol(";")
	if p.peek().kind != endToken {
		p.fail()
	}
	return s, p.err
}

// statement reads a statement without what may follow it.
func (p *partiQLReader) statement() *statement {
	outer, alias := p.s, p.alias
	s := &statement{where: noCondition}
	p.s, p.alias = s, ""
	defer func() { p.s, p.alias = outer, alias }()
	switch {
	case p.acceptWord("SELECT"):
		p.selects()
	case p.acceptWord("INSERT"):
		p.inserts()
	case p.acceptWord("UPDATE"):
		p.updates()
	case p.acceptWord("DELETE"):
		p.deletes()
	case p.acceptWord("EXISTS"):
		return p.exists()
	default:
		p.fail()
	}
	return s
}

// exists reads the statement in EXISTS(...).
func (p *partiQLReader) exists() *statement {
	p.expectSymbol("(")
	if !strings.EqualFold(p.peek().text, "SELECT") || !p.enter() {
		p.fail()
		return &statement{where: noCondition}
	}
	defer p.leave()
	s := p.statement()
	p.expectSymbol(")")
	return s
}

func (p *partiQLReader) selects() {
	p.s.verb = "SELECT"
	// The alias of the table comes after the names that may use it.
	list := p.at
	p.skipTo("FROM")
	p.expectWord("FROM")
	p.table(true)
	rest := p.at
	p.at = list
	p.selectList()
	if p.err == nil {
		p.at = rest
	}
	p.wheres()
	if p.acceptWord("ORDER") {
		p.expectWord("BY")
		p.orders()
	}
}

// skipTo moves to the word outside all brackets.
func (p *partiQLReader) skipTo(keyword string) {
	for depth := 0; p.peek().kind != endToken; p.at++ {
		t := p.peek()
		switch {
		case t.kind == symbolToken && slices.Contains([]string{"(", "[", "{", "<<"}, t.text):
			depth++
		case t.kind == symbolToken && slices.Contains([]string{")", "]", "}", ">>"}, t.text):
			depth--
		case depth == 0 && t.kind == wordToken && strings.EqualFold(t.text, keyword):
			return
		}
	}
}

func (p *partiQLReader) selectList() {
	if p.acceptSymbol("*") {
		p.s.all = true
	} else {
		p.list(func() {
			p.or()
			if p.acceptWord("AS") {
				p.name()
			}
		})
	}
	p.expectWord("FROM")
}

func (p *partiQLReader) orders() {
	for {
		p.path(p.name())
		if !p.acceptWord("ASC") {
			p.acceptWord("DESC")
		}
		if !p.acceptSymbol(",") {
			return
		}
	}
}

func (p *partiQLReader) inserts() {
	p.s.verb = "INSERT"
	p.expectWord("INTO")
	p.table(false)
	p.expectWord("VALUE")
	if p.acceptSymbol("?") {
		p.s.item = p.parameter().object("M")
	} else {
		p.s.item = p.item()
	}
	p.touch(p.s.item.names()...)
}

// item reads {'name': value, ...}.
func (p *partiQLReader) item() members {
	item := members{}
	p.expectSymbol("{")
	for !p.acceptSymbol("}") {
		t := p.next()
		if t.kind != stringToken && t.kind != nameToken && t.kind != wordToken || p.s.attributes.has(t.text) {
			p.fail() // also for a name that is there twice
			return item
		}
		p.expectSymbol(":")
		p.touch(t.text)
		if v := p.operand(); v.kind == constantOperand {
			item[t.text] = members{"S": v.values[0]}
		}
		if !p.acceptSymbol(",") {
			p.expectSymbol("}")
			return item
		}
	}
	return item
}

func (p *partiQLReader) updates() {
	p.s.verb = "UPDATE"
	p.table(false)
	for {
		switch {
		case p.acceptWord("SET"):
			p.list(func() {
				p.path(p.name())
				p.expectSymbol("=")
				p.operand()
			})
		case p.acceptWord("REMOVE"):
			p.list(func() { p.path(p.name()) })
		default:
			p.wheres()
			p.returning()
			return
		}
	}
}

func (p *partiQLReader) deletes() {
	p.s.verb = "DELETE"
	p.expectWord("FROM")
	p.table(false)
	p.wheres()
	p.returning()
}

func (p *partiQLReader) wheres() {
	if p.acceptWord("WHERE") {
		p.s.where = p.or()
	}
}

// returningValues are the values of dynamodb:ReturnValues by what is written.
var returningValues = map[string]string{
	"ALL OLD": "ALL_OLD", "ALL NEW": "ALL_NEW", "MODIFIED OLD": "UPDATED_OLD", "MODIFIED NEW": "UPDATED_NEW",
}

func (p *partiQLReader) returning() {
	p.s.returns = "NONE"
	if !p.acceptWord("RETURNING") {
		return
	}
	value, ok := returningValues[strings.ToUpper(p.next().text+" "+p.next().text)]
	if !ok {
		p.fail()
	}
	p.s.returns = value
	p.expectSymbol("*")
}

// table reads the name of a table, perhaps of its index, and perhaps an alias.
func (p *partiQLReader) table(aliased bool) {
	p.s.table = p.name()
	if p.acceptSymbol(".") {
		p.s.index = p.name()
	}
	if !aliased {
		return
	}
	if p.acceptWord("AS") {
		p.alias = p.name()
	} else if t := p.peek(); t.kind == nameToken || t.kind == wordToken && !isKeyword(t.text) {
		p.alias = p.name()
	}
}

// list reads one thing or more with commas between them.
func (p *partiQLReader) list(one func()) {
	for one(); p.acceptSymbol(","); one() {
	}
}

func (p *partiQLReader) touch(names ...string) { p.s.attributes.add(names...) }
