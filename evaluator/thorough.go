package evaluator

import "strings"

// A taker moves positions over patterns: the thorough way of matching.
type taker struct {
	*positions
	context *Context
	scratch *scratch
	part    bool // of an ARN: nothing matches a colon
}

// match reports whether the whole text matches.
func (t *taker) match(p *pattern) bool {
	t.start(0)
	t.take(p)
	return t.ended()
}

// matchParts reports whether the text from the place on matches the parts of an ARN and the rest.
func (t *taker) matchParts(from int, parts []partPattern, rest *pattern) bool {
	t.start(from)
	t.part = true
	for i := range parts {
		t.take(&parts[i].pattern)
		if parts[i].crosses {
			t.star()
		}
		t.text(":")
	}
	t.part = false
	t.take(rest)
	return t.ended()
}

// take moves the set over a pattern.
func (t *taker) take(p *pattern) {
	if p.shape < shapeGlob {
		t.takeText(p.text)
		if p.shape == shapePrefix {
			t.takeStar(p)
		}
		return
	}
	tokens, ok := p.filled(t.context, t.scratch)
	if !ok {
		t.none()
	}
	for i := 0; i < len(tokens) && !t.empty(); i++ {
		switch tokens[i].kind {
		case tokenStar:
			t.takeStar(p)
		case tokenMark:
			t.takeMark()
		default:
			t.takeText(tokens[i].text)
		}
	}
}

func (t *taker) takeText(s string) {
	if t.part && strings.IndexByte(s, ':') >= 0 {
		t.none()
	}
	t.text(s)
}

// takeStar leaves out the places within characters if p has a "?", which could begin there.
func (t *taker) takeStar(p *pattern) {
	if t.part {
		t.starInPart()
	} else {
		t.star()
	}
	if p.marks {
		t.retain(t.units[0])
	}
}

// takeMark moves the set over a "?". In a part, a place after a colon is in the next part.
func (t *taker) takeMark() {
	if colons := t.row(':'); t.part && colons != nil {
		t.remove(colons)
	}
	t.mark()
}
