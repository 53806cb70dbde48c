package evaluator

import "unicode/utf16"

// SymbolKind is the kind of a Symbol.
type SymbolKind uint8

// The kinds of symbols.
const (
	UnitSymbol     SymbolKind = iota // the UTF-16 unit itself
	MarkSymbol                       // "?": any one unit
	StarSymbol                       // "*": any run of units
	VariableSymbol                   // the value of a policy variable
)

// Symbol is one step of what an entry of Resource matches, read from left to right.
type Symbol struct {
	Kind     SymbolKind
	Unit     uint16 // of a UnitSymbol
	NoColon  bool   // of a MarkSymbol or StarSymbol: it matches no colon
	Variable string // of a VariableSymbol: its text, such as "${aws:username}"
}

// ResourceSymbols takes apart an entry of Resource or NotResource in a document of the
// version, so that two entries can be compared for all resources at once. They match what
// Evaluate matches: an ARN part by part, with a "*" at the end of a part that crosses colons.
// It returns false for an entry that matches nothing.
func ResourceSymbols(text, version string) ([]Symbol, bool) {
	sx := wildcards
	if version == Version2012 {
		sx |= variables
	}
	parts, n := splitARN(text, sx)
	if n == 0 {
		return appendSymbols(nil, text, sx, false), true
	}
	if n < arnParts && hasVariable(text, sx) {
		return nil, false
	}
	var list []Symbol
	for _, part := range parts[:arnParts-1] {
		list = appendSymbols(list, part, sx, true)
		if last := len(list) - 1; last >= 0 && list[last].Kind == StarSymbol {
			list[last].NoColon = false
		}
		list = append(list, Symbol{Kind: UnitSymbol, Unit: ':'})
	}
	return appendSymbols(list, parts[arnParts-1], sx, false), true
}

// appendSymbols appends the symbols of a string.
func appendSymbols(list []Symbol, text string, sx syntax, noColon bool) []Symbol {
	d := defaults{len(text)}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '*' && sx&wildcards != 0:
			list = append(list, Symbol{Kind: StarSymbol, NoColon: noColon})
		case c == '?' && sx&wildcards != 0:
			list = append(list, Symbol{Kind: MarkSymbol, NoColon: noColon})
		case c == '$' && sx&variables != 0:
			if v, size, ok := cutVariable(text[i:], &d); ok {
				list = append(list, variableSymbol(v, text[i:i+size]))
				i += size
				continue
			}
			list = append(list, Symbol{Unit: '$'})
		default:
			size := 1
			for i+size < len(text) && text[i+size]&0xC0 == 0x80 {
				size++
			}
			for _, unit := range utf16.Encode([]rune(text[i : i+size])) {
				list = append(list, Symbol{Unit: unit})
			}
			i += size
			continue
		}
		i++
	}
	return list
}

func variableSymbol(v variable, text string) Symbol {
	if v.escape {
		return Symbol{Unit: uint16(v.key[0])}
	}
	return Symbol{Kind: VariableSymbol, Variable: text}
}

// Names reports whether the statement with the index is about the principal: whether its
// Principal names it, or its NotPrincipal does not. Statements of policies without principals
// are about everybody.
func (p *Policy) Names(index int, c *Principal) bool {
	e := evaluation{req: &Request{Principal: *c}, pol: &Policies{}}
	_, ok := p.compiled.statements[index].appliesTo(&e)
	return ok
}
