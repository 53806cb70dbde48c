package seed

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/evaluator"
)

// Written is where a document is written: in a seed, or in a file that a seed refers to.
type Written struct {
	File string

	other string // the file, as the seed calls it; empty: it is in the seed itself
	line  int    // of the seed, at which the document begins
	marks []mark // of a mapping, in the order of the JSON that is made of it
	block bool   // a string in lines of its own
}

// mark is a place in the JSON that is made of a mapping, and what is there in the
// seed.
type mark struct {
	at   int // column in the JSON
	seed evaluator.Position
}

// Place is the place in the file of a place in the document. Column 0: only the line is
// known.
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

// inLines reports whether more is known of a place than the line at which the document
// begins, which is all that is known of a string in quotation marks.
func (w *Written) inLines() bool { return w.other != "" || w.marks != nil || w.block }

// note keeps where a document is written, which may be at several places.
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

// Of how many documents, and how many places of each, it is kept where they are written.
// Real accounts have thousands of policies, and files that programs make have millions.
const (
	maxPlaces  = 10_000
	maxWritten = 4
)

// noteText keeps where a string of the seed is.
func (r *reader) noteText(n *yaml.Node) {
	r.note(n.Value, &Written{line: n.Line, block: n.Style&yaml.LiteralStyle != 0})
}

// noteMapping keeps where the parts of a mapping are, which are marked with their bytes in
// the JSON that was made of it.
func (r *reader) noteMapping(document string, line int, marks []mark) {
	bytes, column := 0, 1
	for i := range marks {
		for _, c := range document[bytes:marks[i].at] {
			column++
			if c > 0xFFFF {
				column++ // it takes two columns
			}
		}
		bytes, marks[i].at = marks[i].at, column
	}
	r.note(document, &Written{line: line, marks: marks})
}

// named gives the file its name, and what is written the names of its files.
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

// place is where the document is written that begins at a line of the file, or that the
// line refers to; nil if that is not known.
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

// tell tells of the documents that are at one place of the files.
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
