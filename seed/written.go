package seed

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/evaluator"
)

// Written is the place of a document: in a seed, or in a file to which a seed refers.
type Written struct {
	File string

	other string // the name of the file in the seed; empty: the document is in the seed itself
	line  int    // line of the seed at which the document begins
	marks []mark // of a mapping, in the order of the JSON that is made from it
	block bool   // the document is a block of lines
}

// mark is a place in the JSON that is made from a mapping, and the same place in the
// seed.
type mark struct {
	at   int // column in the JSON
	seed evaluator.Position
}

// Place converts a place in the document to the place in the file. Column 0: only the
// line is known.
func (w *Written) Place(at evaluator.Position) evaluator.Position {
	switch {
	case w.other != "":
		return at
	case w.marks != nil:
		i, exact := slices.BinarySearchFunc(w.marks, int(at.Column), func(m mark, column int) int { return m.at - column })
		if !exact && i > 0 {
			i--
		}
		return w.marks[i].seed
	case w.block:
		return evaluator.Position{Line: int32(w.line) + at.Line}
	}
	return evaluator.Position{Line: int32(w.line)}
}

// inLines reports whether the lines within the document are known. For a string in
// quotation marks only the line at which the document begins is known.
func (w *Written) inLines() bool { return w.other != "" || w.marks != nil || w.block }

// note notes a place of a document, which may have several.
func (r *reader) note(document string, w *Written) {
	if r.places == nil {
		r.places = map[string][]*Written{}
	}
	list, known := r.places[document]
	if !known && len(r.places) == maxPlaces {
		return
	}
	for _, x := range list {
		if x.other == w.other && (w.other != "" || x.line == w.line) {
			return
		}
	}
	if len(list) < maxWritten {
		r.places[document] = append(list, w)
	}
}

// The number of documents whose places are kept, and the number of places for each. Real
// accounts have thousands of policies, and files that programs make have millions.
const (
	maxPlaces  = 10_000
	maxWritten = 4
)

// noteText notes the place of a string of the seed.
func (r *reader) noteText(n *yaml.Node) {
	r.note(n.Value, &Written{line: n.Line, block: n.Style&yaml.LiteralStyle != 0})
}

// noteMapping notes the places of the parts of a mapping, which are marked with their
// offsets in the JSON that was made from it.
func (r *reader) noteMapping(document string, line int, marks []mark) {
	bytes, column := 0, 1
	for i := range marks {
		for _, c := range document[bytes:marks[i].at] {
			column++
			if c > 0xFFFF {
				column++ // it has two columns
			}
		}
		bytes, marks[i].at = marks[i].at, column
	}
	r.note(document, &Written{line: line, marks: marks})
}

// named gives the name of the file to the file and to the places that were noted.
func (f *file) named(name string) {
	f.name = name
	for _, list := range f.written {
		for _, w := range list {
			if w.File = name; w.other != "" {
				w.File = Beside(name, w.other)
			}
		}
	}
}

// place returns the place of the document that begins at a line of the file, or to which
// the line refers; nil if it is not known.
func (f *file) place(document string, line int) *Written {
	var other *Written
	for _, w := range f.written[document] {
		switch {
		case w.line == line:
			return w
		case w.other != "":
			other = w
		}
	}
	return other
}

// tell reports the documents that are at only one place in the files.
func (o *Options) tell(files []*file) {
	if o.Written == nil || o.Dry {
		return
	}
	places := map[string][]*Written{}
	for _, f := range files {
		for document, list := range f.written {
			places[document] = append(places[document], list...)
		}
	}
	for document, list := range places {
		if len(list) == 1 {
			o.Written(document, list[0])
		}
	}
}
