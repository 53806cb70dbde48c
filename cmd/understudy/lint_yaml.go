package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/evaluator"
)

// isSeed reports whether a string that is not JSON looks like a seed.
func isSeed(text string) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "accounts:") || strings.HasPrefix(line, "organization:")
	})
}

// yamlFile looks for the policies of a file in YAML, such as a seed.
type yamlFile struct {
	name  string
	found []policyText
	nodes int  // that were looked at; those of aliases count each time
	many  bool // the file has several accounts
}

// maxYAMLNodes is how many nodes of a file are looked at.
const maxYAMLNodes = 1 << 20

func yamlPolicies(name, text string) ([]policyText, error) {
	f := yamlFile{name: name}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return nil, fmt.Errorf("%s: %w; give a seed, or a policy in JSON", name, err)
	}
	f.node(&root, yamlPart{}, 0)
	if f.nodes > maxYAMLNodes {
		return nil, errors.New(name + " is too large to be looked at in one go; give its accounts in files of their own, as " +
			"understudy export --account ID writes them")
	}
	return f.found, nil
}

// yamlPart says where a node is.
type yamlPart struct {
	name   string // of the member
	parent string // the member that has it
	path   string
	kind   evaluator.Kind // of the policies there
	owner  seedOwner      // who has them, in a seed
}

// element is a part of the list.
func (p yamlPart) element(i int) yamlPart {
	p.path += "[" + strconv.Itoa(i) + "]"
	return p
}

// member is a member of the part.
func (p yamlPart) member(name string) yamlPart {
	p.path = strings.TrimPrefix(p.path+"."+name, ".")
	p.name, p.parent = name, p.name
	return p
}

func (f *yamlFile) node(n *yaml.Node, at yamlPart, depth int) {
	if f.nodes++; f.nodes > maxYAMLNodes || depth > maxNested {
		return
	}
	switch n.Kind {
	case yaml.DocumentNode:
		for _, c := range n.Content {
			f.node(c, at, depth+1)
		}
	case yaml.AliasNode:
		f.node(n.Alias, at, depth+1)
	case yaml.SequenceNode:
		f.many = f.many || at.path == seedAccounts && len(n.Content) > 1
		for i, c := range n.Content {
			if !isOldVersion(n, c, at.name) {
				f.node(c, at.element(i), depth+1)
			}
		}
	case yaml.MappingNode:
		f.mapping(n, at, depth)
	case yaml.ScalarNode:
		if isPolicy(n.Value) {
			f.add(at, n.Value, func(int) (int, int) { return n.Line, n.Column })
		}
	}
}

// policyKind is the kind of a policy at this place.
func (p yamlPart) policyKind() evaluator.Kind {
	return cmp.Or(kindOfMember(p.name), p.kind, p.owner.kind())
}

func (f *yamlFile) add(at yamlPart, text string, place func(int) (int, int)) {
	d := policyText{file: f.name, path: at.path, title: at.title(f.many), text: text, kind: at.policyKind(), account: at.owner.account,
		template: at.owner.noun == templateNoun, place: place}
	f.found = append(f.found, d)
}

func (f *yamlFile) mapping(n *yaml.Node, at yamlPart, depth int) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch key, value := n.Content[i].Value, n.Content[i+1]; {
		case key == statements && value.Kind != yaml.ScalarNode:
			f.policy(n, at)
			return
		case key == "type":
			if k, ok := evaluator.ParseKind(strings.ToLower(value.Value)); ok { // a policy of an organization
				at.kind = k
			}
		}
	}
	at.owner = at.owner.of(n, at)
	for i := 0; i+1 < len(n.Content); i += 2 {
		f.node(n.Content[i+1], at.member(n.Content[i].Value), depth+1)
	}
}

// policy adds a policy that is written in YAML.
func (f *yamlFile) policy(n *yaml.Node, at yamlPart) {
	w := yamlJSON{file: f}
	w.node(n, 0)
	f.add(at, w.text.String(), func(offset int) (int, int) {
		i, found := slices.BinarySearchFunc(w.places, offset, func(p yamlPlace, offset int) int { return cmp.Compare(p.offset, offset) })
		if !found {
			i--
		}
		p := w.places[max(i, 0)]
		return p.line, p.column
	})
}

// yamlJSON writes YAML as JSON, and records where everything comes from. For an export,
// the result is the documents that the server has.
type yamlJSON struct {
	file   *yamlFile
	text   strings.Builder
	places []yamlPlace
}

type yamlPlace struct{ offset, line, column int }

func (w *yamlJSON) node(n *yaml.Node, depth int) {
	if w.file.nodes++; w.file.nodes > maxYAMLNodes || depth > maxNested {
		w.text.WriteString("null")
		return
	}
	if n.Kind != yaml.AliasNode {
		w.places = append(w.places, yamlPlace{w.text.Len(), n.Line, n.Column})
	}
	switch n.Kind {
	case yaml.AliasNode:
		w.node(n.Alias, depth+1)
	case yaml.SequenceNode:
		w.text.WriteByte('[')
		for i, c := range n.Content {
			w.comma(i)
			w.node(c, depth+1)
		}
		w.text.WriteByte(']')
	case yaml.MappingNode:
		w.text.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			w.comma(i)
			key := n.Content[i]
			w.places = append(w.places, yamlPlace{w.text.Len(), key.Line, key.Column})
			w.text.WriteString(jsonText(key.Value) + ":")
			w.node(n.Content[i+1], depth+1)
		}
		w.text.WriteByte('}')
	default:
		w.scalar(n)
	}
}

func (w *yamlJSON) comma(i int) {
	if i > 0 {
		w.text.WriteByte(',')
	}
}

// scalar writes numbers, Booleans and null unchanged, and everything else, dates
// included, as a string.
func (w *yamlJSON) scalar(n *yaml.Node) {
	switch tag := n.ShortTag(); {
	case (tag == "!!int" || tag == "!!float" || tag == "!!bool" || tag == "!!null") && json.Valid([]byte(n.Value)):
		w.text.WriteString(n.Value)
	default:
		w.text.WriteString(jsonText(n.Value))
	}
}

// jsonText writes a string without the escapes of HTML, as policies have it.
func jsonText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}
