package main

import (
	"slices"
	"strings"
)

// leaf is a member of an operation's input that is a string, a list of strings, a
// tag list or a map, at any depth.
type leaf struct {
	path     string // botocore's names, with dots, "[]" after lists and "*" after maps
	ref      string // in the language of the table
	shape    string // the name of its shape
	kind     string // its type: "string", "structure", ...
	required bool
	depth    int
}

// name returns the last name of the path, folded.
func (l *leaf) name() string { return fold(l.path[strings.LastIndexByte(l.path, '.')+1:]) }

// key returns the whole path, folded.
func (l *leaf) key() string { return foldPath(l.path) }

func (l *leaf) list() bool { return strings.Contains(l.path, "[]") }

// text reports whether the leaf is a string or a list of strings.
func (l *leaf) text() bool {
	return slices.Contains([]string{"string", "integer", "long", "boolean"}, l.kind)
}

// must returns the reference of a leaf that every request has.
func (l *leaf) must() string {
	if l.required && l.ref[0] != 'u' {
		return l.ref + "!"
	}
	return l.ref
}

// fold makes names comparable: "VPC_Id" and "vpcId" become the same.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, name)
}

func foldPath(path string) string {
	parts := strings.Split(path, ".")
	for i := range parts {
		parts[i] = fold(parts[i])
	}
	return strings.Join(parts, ".")
}

// maxLeafDepth is the greatest depth at which members are looked for.
const maxLeafDepth = 7

// leaves returns the members of an operation's input, those at the top first.
func (s *service) leaves(operation string) []*leaf {
	in := s.model.input(operation)
	w := &walker{service: s}
	for _, name := range in.names() {
		ref := in.Members[name]
		required := slices.Contains(in.Required, name)
		switch {
		case ref.Location == "headers":
		case ref.Location != "":
			w.direct(name, ref, required)
		case in.Payload == "":
			w.visit(name, ref, steps{}, required)
		case in.Payload == name && s.model.Shapes[ref.Shape].Type == "structure":
			w.inside(name, s.model.Shapes[ref.Shape], steps{})
		}
	}
	slices.SortStableFunc(w.out, func(a, b *leaf) int { return a.depth - b.depth })
	return w.out
}

// direct adds a member that is not in the body.
func (w *walker) direct(name string, ref *apiRef, required bool) {
	shape := w.service.model.Shapes[ref.Shape]
	place := map[string]string{"uri": "u:", "querystring": "q:", "header": "h:"}[ref.Location]
	l := &leaf{path: name, ref: place + ref.wire(name), shape: ref.Shape, kind: shape.Type, required: required, depth: 1}
	if shape.Type == "list" {
		l.path += "[]"
		l.kind, l.shape = w.service.model.Shapes[shape.Member.Shape].Type, shape.Member.Shape
		if ref.Location == "querystring" {
			l.ref += "[]"
		}
	}
	w.out = append(w.out, l)
}

// steps is a path in the body: for the service's first protocol and for the query
// protocol.
type steps struct{ path, wire, query string }

func (p steps) depth() int { return strings.Count(p.path, ".") + 1 }

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

type walker struct {
	service *service
	out     []*leaf
	open    []string // shapes, against recursion
}

// ref returns the reference of a path.
func (w *walker) ref(p steps) string {
	ref := "b:" + p.wire
	if len(w.service.protocols()) > 1 && p.query != p.wire {
		ref += "|" + p.query
	}
	return ref
}

// visit adds a member of a structure and everything in it.
func (w *walker) visit(name string, ref *apiRef, parent steps, required bool) {
	shape := w.service.model.Shapes[ref.Shape]
	p := steps{join(parent.path, name), join(parent.wire, w.service.wire(name, ref, shape)), join(parent.query, query(name, ref, shape))}
	w.add(p, ref.Shape, required, parent)
}

// add adds what is at a path.
func (w *walker) add(p steps, shapeName string, required bool, parent steps) {
	shape := w.service.model.Shapes[shapeName]
	if slices.Contains(w.open, shapeName) || p.depth() > maxLeafDepth {
		return
	}
	switch shape.Type {
	case "list":
		w.add(w.element(p, shape, parent), shape.Member.Shape, required, parent)
	case "structure":
		w.out = append(w.out, &leaf{p.path, w.ref(p), shapeName, shape.Type, required, p.depth()})
		w.open = append(w.open, shapeName)
		w.inside(p.path, shape, p)
		w.open = w.open[:len(w.open)-1]
	case "map":
		w.out = append(w.out, &leaf{p.path, w.ref(p), shapeName, shape.Type, required, p.depth()})
		inner := w.value(p, shape)
		w.add(inner, shape.Value.Shape, false, inner)
	default:
		w.out = append(w.out, &leaf{p.path, w.ref(p), shapeName, shape.Type, required, p.depth()})
	}
}

func (w *walker) inside(path string, shape *apiShape, p steps) {
	p.path = path
	for _, name := range shape.names() {
		if ref := shape.Members[name]; ref.Location == "" {
			w.visit(name, ref, p, false)
		}
	}
}

// wire returns the name of a member in the body, in the service's first protocol.
func (s *service) wire(name string, ref *apiRef, shape *apiShape) string {
	switch s.model.Metadata.Protocol {
	case "smithy-rpc-v2-cbor":
		return name
	case "ec2":
		if ref.QueryName != "" {
			return ref.QueryName
		}
		name = ref.wire(name)
		return strings.ToUpper(name[:1]) + name[1:]
	case "query":
		return query(name, ref, shape)
	}
	return ref.wire(name)
}

// query returns the name of a member in the query protocol.
func query(name string, ref *apiRef, shape *apiShape) string {
	if shape.Type == "list" && (shape.Flattened || ref.Flattened) && shape.Member.LocationName != "" {
		return shape.Member.LocationName
	}
	return ref.wire(name)
}

// element returns the path of the elements of a list.
func (w *walker) element(p steps, shape *apiShape, parent steps) steps {
	p.path += "[]"
	p.query = listed(p.query, shape)
	switch w.service.model.Metadata.Protocol {
	case "query":
		p.wire = listed(p.wire, shape)
	case "rest-xml":
		switch name := shape.Member.LocationName; {
		case shape.Flattened && name != "":
			p.wire = join(parent.wire, name) + "[]"
		case shape.Flattened:
			p.wire += "[]"
		case name != "":
			p.wire += "." + name + "[]"
		default:
			p.wire += ".member[]"
		}
	default:
		p.wire += "[]"
	}
	return p
}

// listed returns the path of the elements of a list in the query protocol.
func listed(path string, shape *apiShape) string {
	switch {
	case shape.Flattened:
		return path + "[]"
	case shape.Member.LocationName != "":
		return path + "." + shape.Member.LocationName + "[]"
	}
	return path + ".member[]"
}

// value returns the path of the values of a map.
func (w *walker) value(p steps, shape *apiShape) steps {
	entry := func(path string) string {
		if shape.Flattened {
			return path + "*"
		}
		return path + ".entry*"
	}
	p.path += "*"
	p.query = entry(p.query)
	if w.service.model.Metadata.Protocol == "query" {
		p.wire = entry(p.wire)
	} else {
		p.wire += "*"
	}
	return p
}
