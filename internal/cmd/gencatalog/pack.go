package main

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/understudy-iam/understudy/internal/frames"
)

// dictionarySize is the largest size of the dictionary with which every service is
// compressed.
const dictionarySize = 64 << 10

// pack builds the archive: an index, a dictionary and a frame for each service.
func pack(d data) ([]byte, error) {
	texts := make([]string, len(d.services))
	var index strings.Builder
	for i, s := range d.services {
		text, err := s.text()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.prefix, err)
		}
		texts[i] = text
		line(&index, "S", s.prefix, s.name, mark(s.rcp, "r"))
	}
	for _, k := range d.globals {
		writeKey(&index, k)
	}
	for _, a := range d.aliases {
		line(&index, "P", a.prefix, a.service)
	}
	return compress(index.String(), dictionary(texts), texts)
}

// compress joins the frames after a head of varints: the number of services, then
// the length of each frame.
func compress(index, dictionary string, services []string) ([]byte, error) {
	plain, against, err := frames.NewEncoders(dictionary, zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, err
	}
	head := binary.AppendUvarint(nil, uint64(len(services)))
	var body []byte
	add := func(encoder *zstd.Encoder, text string) {
		before := len(body)
		body = encoder.EncodeAll([]byte(text), body)
		head = binary.AppendUvarint(head, uint64(len(body)-before))
	}
	add(plain, index)
	add(plain, dictionary)
	for _, text := range services {
		add(against, text)
	}
	return append(head, body...), nil
}

// dictionary returns the parts of lines that most services have, the most
// frequent last: zstd writes short distances in fewer bits.
func dictionary(texts []string) string {
	count := map[string]int{}
	for _, text := range texts {
		seen := map[string]bool{}
		for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\t' }) {
			if len(part) > 3 && !seen[part] {
				seen[part] = true
				count[part]++
			}
		}
	}
	common := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b))
	})
	size, n := 0, 0
	for n < len(common) && count[common[n]] > 1 && size+len(common[n])+1 <= dictionarySize {
		size += len(common[n]) + 1
		n++
	}
	slices.Reverse(common[:n])
	return strings.Join(common[:n], "\t")
}

// text writes a service: its keys, resource types and actions, one per line. Later
// lines name keys and resource types by their number.
func (s service) text() (string, error) {
	var out strings.Builder
	numbers := numbering{keys: map[string]int{}, resources: map[string]int{}}
	for i, k := range s.keys {
		numbers.keys[k.Key] = i
		writeKey(&out, k)
	}
	for i, r := range s.resources {
		numbers.resources[r.Key] = i
		fields := append([]string{"R", r.Key, numbers.list(r.ConditionKeys)}, patterns(r.ARN)...)
		line(&out, fields...)
	}
	for _, a := range s.actions {
		level, err := accessLevel(a.AccessLevel)
		if err != nil {
			return "", err
		}
		line(&out, "A", a.Name, level+mark(a.PermissionOnly, "o"), numbers.types(a.ResourceTypes),
			numbers.list(a.ConditionKeys), strings.Join(a.Dependent, ","), numbers.scenarios(a.Scenarios))
	}
	return out.String(), numbers.err
}

// writeKey writes the type of one value; the table of multivalued keys says which
// keys have several.
func writeKey(out *strings.Builder, k key) {
	line(out, "K", k.Key, strings.TrimPrefix(k.Type, "ArrayOf"))
}

// line writes the fields, without the empty ones at the end.
func line(out *strings.Builder, fields ...string) {
	out.WriteString(strings.TrimRight(strings.Join(fields, "\t"), "\t"))
	out.WriteByte('\n')
}

func mark(set bool, with string) string {
	if set {
		return with
	}
	return ""
}

// brace matches a variable whose dollar sign the source forgot.
var brace = regexp.MustCompile(`(^|[^$])\{`)

// patterns splits the 13 ARNs that contain two, and repairs variables.
func patterns(arn string) []string {
	return strings.Split(brace.ReplaceAllString(arn, "$1$${"), ", ")
}

// accessLevel returns the level's letter. The source adds ", Write" to the levels
// that also write.
func accessLevel(name string) (string, error) {
	letter := map[string]string{
		"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P",
	}[strings.TrimSuffix(name, ", Write")]
	if letter == "" {
		return "", fmt.Errorf("unknown access level %q", name)
	}
	return letter, nil
}

// numbering gives the numbers of a service's keys and resource types, and records
// the first name that it does not know.
type numbering struct {
	keys, resources map[string]int
	err             error
}

func (n *numbering) number(of map[string]int, name string) string {
	i, ok := of[name]
	if !ok && n.err == nil {
		n.err = fmt.Errorf("%q is not defined", name)
	}
	return strconv.Itoa(i)
}

// list writes keys: "1,2".
func (n *numbering) list(keys []string) string {
	var out []string
	for _, k := range keys {
		out = append(out, n.number(n.keys, k))
	}
	return strings.Join(out, ",")
}

// types writes resource types: "3;4*;5:1,2", where a star means required and
// keys follow a colon.
func (n *numbering) types(types []actionResource) string {
	var out []string
	for _, t := range types {
		text := n.number(n.resources, t.Name) + mark(t.Required, "*")
		if len(t.ConditionKeys) > 0 {
			text += ":" + n.list(t.ConditionKeys)
		}
		out = append(out, text)
	}
	return strings.Join(out, ";")
}

// scenarios writes "NAME=types|NAME=types".
func (n *numbering) scenarios(scenarios []scenario) string {
	var out []string
	for _, s := range scenarios {
		out = append(out, s.Name+"="+n.types(s.ResourceTypes))
	}
	return strings.Join(out, "|")
}
