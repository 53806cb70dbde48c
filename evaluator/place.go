package evaluator

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/internal/spelling"
)

// Place says for people where the fault of a document is and what may have been meant. It is
// not part of AWS's answers.
type Place struct {
	At       Position
	Member   string // the path of the member, such as "Statement[0].Efect"; empty if the text is not JSON
	Sentence string // what is wrong there, if more can be said than AWS's message says
	Nearest  string // the correct word that is nearest to what is there; empty if none is near
}

// String returns the place in one sentence.
func (p Place) String() string {
	text := "line " + strconv.Itoa(int(p.At.Line)) + ", column " + strconv.Itoa(int(p.At.Column))
	if p.Member != "" {
		text += ", " + p.Member
	}
	if p.Sentence != "" {
		text += ": " + strings.TrimSuffix(p.Sentence, ".")
	}
	if p.Nearest != "" {
		text += "; did you mean " + p.Nearest + "?"
	}
	return text
}

// Locate returns the place of an error that Parse, Compile or Validate has returned for the
// document, and false for any other error.
func Locate(src string, err error) (Place, bool) {
	var malformed *MalformedError
	var syntax *SyntaxError
	switch {
	case errors.As(err, &malformed):
		p := Place{At: malformed.At}
		if src == "" {
			return p, true
		}
		doc, parsed := Parse(src)
		if errors.As(parsed, &syntax) {
			p.ofSyntax(syntax)
		} else {
			p.ofFault(doc)
		}
		p.find(src)
		return p, true
	case errors.As(err, &syntax):
		p := Place{}
		p.ofSyntax(syntax)
		p.find(src)
		return p, true
	}
	return Place{}, false
}

// ofSyntax takes the place and the sentence of a document that cannot be read.
func (p *Place) ofSyntax(e *SyntaxError) {
	p.At = e.At
	switch e.fault.code {
	case faultEffect:
		p.Sentence = "Effect is Allow or Deny, and not " + strconv.Quote(e.fault.text)
	case faultOperator:
		p.Sentence = "there is no condition operator " + e.fault.text
	case faultJSON:
		p.Sentence = "it is not JSON: " + e.Message
	default:
		p.Sentence = e.Message
	}
}

// faultSentences are sentences for people about documents that can be read and not stored.
var faultSentences = map[faultCode]string{
	faultNoStatement:    "the document has no Statement",
	faultEmptyStatement: "Statement is an empty list",
	faultEffectCase:     "Effect is Allow or Deny, in this spelling",
}

// ofFault sets a plainer sentence than AWS's, if there is one.
func (p *Place) ofFault(d *Document) {
	for _, f := range d.faults {
		if f.at == p.At {
			p.Sentence = faultSentences[f.code]
			return
		}
	}
	for i := range d.Statements {
		for j := range d.Statements[i].Conditions {
			p.ofCondition(&d.Statements[i].Conditions[j])
		}
	}
	if d.versionLate && p.At == d.version {
		p.Sentence = "Version has to come before a Statement that is an object"
	}
}

// ofCondition says which value of a condition does not fit its operator.
func (p *Place) ofCondition(c *Condition) {
	op, _ := parseOperator(c.Operator)
	for _, v := range c.Values {
		if (v.At == p.At || c.At == p.At) && !op.family.reads(v.Value) {
			p.At, p.Sentence = v.At, c.Operator+" cannot read the value "+strconv.Quote(v.Value)
			return
		}
	}
}

// find searches the member at the place, and the word that may have been meant.
func (p *Place) find(src string) {
	t, err := parseJSON(src)
	if err != nil {
		return
	}
	defer t.release()
	f := finder{tree: t, at: p.At}
	f.look(&t.nodes[0], "")
	p.Member = f.path
	if kind, ok := principalType(f.path); ok {
		f.word, f.parent, f.key = kind, "Principal", true
	}
	if f.word != "" {
		p.Nearest = nearest(f.word, f.candidates())
	}
}

// principalType is the type of the principal at a path such as
// "Statement[0].Principal.Aws[1]".
func principalType(path string) (string, bool) {
	_, rest, ok := strings.Cut(path, "Principal.")
	kind, _, _ := strings.Cut(rest, "[")
	return kind, ok
}

// finder walks a document to the node at a place.
type finder struct {
	*tree
	at     Position
	path   string
	word   string // the name or the text there
	parent string // the path of the object or list that contains it
	key    bool   // it is the name of a member
	found  bool
}

func (f *finder) look(n *node, path string) {
	if n.start == f.at && !f.found {
		f.found, f.path = true, path
		if n.kind == stringNode {
			f.word, f.parent = n.text, path
		}
	}
	switch n.kind {
	case objectNode:
		f.eachMember(n, func(key, value *node) {
			at := strings.TrimPrefix(path+"."+key.text, ".")
			if key.start == f.at && !f.found {
				f.found, f.path, f.word, f.parent, f.key = true, at, key.text, path, true
			}
			f.look(value, at)
		})
	case arrayNode:
		i := 0
		for c := n.child; c != 0; c = f.nodes[c].next {
			f.look(&f.nodes[c], path+"["+strconv.Itoa(i)+"]")
			i++
		}
	}
}

// candidates are the words that may be at the place.
func (f *finder) candidates() []string {
	last := f.parent[strings.LastIndexByte(f.parent, '.')+1:]
	switch {
	case f.key && f.parent == "":
		return documentOrder
	case f.key && strings.HasPrefix(last, "Statement"):
		return statementOrder
	case f.key && last == "Condition":
		return operatorsLike(f.word)
	case f.key && (last == "Principal" || last == "NotPrincipal"):
		return []string{"AWS", "Service", "Federated", "CanonicalUser"}
	case last == "Effect":
		return []string{"Allow", "Deny"}
	case last == "Version":
		return []string{Version2012, Version2008}
	}
	return nil
}

// operatorsLike returns the operators, with the prefix and the suffix of the word.
func operatorsLike(word string) []string {
	prefix, suffix := "", ""
	if before, _, ok := strings.Cut(word, ":"); ok {
		prefix = nearest(before, []string{"ForAnyValue", "ForAllValues"}) + ":"
	}
	if strings.HasSuffix(strings.ToLower(word), "ifexists") {
		suffix = "IfExists"
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(operators)) {
		list = append(list, prefix+name+suffix)
	}
	return list
}

// nearest returns the candidate that is nearest to the word; empty if the word is one of them,
// or if all are too different to have been meant.
func nearest(word string, candidates []string) string {
	if slices.Contains(candidates, word) {
		return ""
	}
	return spelling.Nearest(word, slices.Values(candidates), len(word)/3+1)
}
