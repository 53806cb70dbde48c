package lint

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// piece is one character of a glob, or a wildcard of it.
type piece struct {
	kind pieceKind
	char byte
}

type pieceKind uint8

const (
	character pieceKind = iota
	anyOne              // "?"
	anyRun              // "*", or a variable
	runInName           // a variable whose value has no slash
	runInPart           // a variable that is a part of an ARN, and has no colon
)

// slashless are the variables of the catalogue whose values have no slash. Others may be
// names with paths.
var slashless = map[string]bool{"BucketName": true}

// patternPieces takes apart a pattern of the catalogue, whose variables are "${Name}" or
// "<name>". colons is how many colons come before the resource: five in a whole ARN, none in
// the resource alone.
func patternPieces(s string, colons int) []piece {
	var out []piece
	for s != "" {
		if s[0] == ':' {
			colons--
		}
		end, name := -1, ""
		switch {
		case strings.HasPrefix(s, "${"):
			end = strings.IndexByte(s, '}')
			name = strings.Trim(s[:end+1], "${}")
		case s[0] == '<':
			end = strings.IndexByte(s, '>')
		case s[0] == '*':
			end = 0
		}
		switch {
		case end < 0:
			out = append(out, piece{character, s[0]})
			end = 0
		case colons > 0:
			out = append(out, piece{kind: runInPart})
		case slashless[name]:
			out = append(out, piece{kind: runInName})
		default:
			out = append(out, piece{kind: anyRun})
		}
		s = s[end+1:]
	}
	return out
}

// textPieces takes apart a string of a document; its variables stand for any text.
func (l *linter) textPieces(s string) []piece {
	var out []piece
	literal := func(s string) {
		for i := 0; i < len(s); i++ {
			switch s[i] {
			case '*':
				out = append(out, piece{kind: anyRun})
			case '?':
				out = append(out, piece{kind: anyOne})
			default:
				out = append(out, piece{character, s[i]})
			}
		}
	}
	at := 0
	if l.newest() {
		for v := range evaluator.Variables(s) {
			if v.WellFormed {
				literal(s[at:v.From])
				out = append(out, piece{kind: anyRun})
				at = v.To
			}
		}
	}
	literal(s[at:])
	return out
}

// maxPieces is the length of a string above which it is taken to overlap.
const maxPieces = 2048

// piecesPerLook is how many comparisons cost as much as a look at an action.
const piecesPerLook = 64

// overlap reports whether there is a string that both match; it is also true if it costs
// too much to find out.
func (l *linter) overlap(a, b []piece) bool {
	l.names.looks += len(a) * len(b) / piecesPerLook
	if len(a) > maxPieces || len(b) > maxPieces || l.names.looks > maxLooks {
		return true
	}
	// row[j] says that what is left of a from i on, and of b from j on, overlap.
	row, next := make([]bool, len(b)+1), make([]bool, len(b)+1)
	for i := len(a); i >= 0; i-- {
		row, next = next, row
		for j := len(b); j >= 0; j-- {
			row[j] = step(a, b, i, j, row, next)
		}
	}
	return row[0]
}

// step decides one place: row is that of i, next that of i+1.
func step(a, b []piece, i, j int, row, next []bool) bool {
	endA, endB := i == len(a), j == len(b)
	switch {
	case endA && endB:
		return true
	case !endA && a[i].run():
		return next[j] || !endB && a[i].takes(b[j]) && row[j+1]
	case !endB && b[j].run():
		return row[j+1] || !endA && b[j].takes(a[i]) && next[j]
	}
	return !endA && !endB && a[i].meets(b[j]) && next[j+1]
}

func (p piece) run() bool { return p.kind >= anyRun }

// takes reports whether a run can take what the other piece stands for.
func (p piece) takes(other piece) bool {
	switch {
	case other.kind != character:
		return true
	case p.kind == runInName:
		return other.char != '/'
	case p.kind == runInPart:
		return other.char != ':'
	}
	return true
}

func (p piece) meets(other piece) bool {
	return p.kind == anyOne || other.kind == anyOne || p.char == other.char
}

// mayBe reports whether a resource of a document can be one of the patterns of a type. A
// "*" of the resource can run over colons.
func (l *linter) mayBe(text string, patterns []string) bool {
	pieces := l.textPieces(completed(text))
	for _, p := range patterns {
		if l.overlap(pieces, patternPieces(p, arnParts-1)) {
			return true
		}
	}
	return false
}

// completed is an ARN with all of its parts: AWS takes those that are missing for "*".
func completed(text string) string {
	if !strings.HasPrefix(text, "arn:") {
		return text
	}
	for n := strings.Count(text, ":"); n < arnParts-1; n++ {
		text += ":*"
	}
	return text
}
