package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// jsonFile looks for the policies in a JSON file: policies one after the other, the
// output of aws iam get-account-authorization-details, or a Terraform plan.
type jsonFile struct {
	name  string
	text  string
	found []policyText
}

// maxNested is how deep in a value policies are looked for.
const maxNested = 40

// statements is the member that makes an object a policy.
const statements = "Statement"

// policy adds the text, which begins at the offset in the file.
func (f *jsonFile) policy(path string, offset int, text string, kind evaluator.Kind) {
	place := func(at int) (int, int) { return linePlace(f.text, offset+at) }
	f.found = append(f.found, policyText{file: f.name, path: path, text: text, kind: kind, place: place, verbatim: true, offset: offset})
}

// all reads the values of the file. What cannot be read is taken as a policy, so that its
// error is reported.
func (f *jsonFile) all() {
	d := json.NewDecoder(strings.NewReader(f.text))
	for n := 0; ; n++ {
		var raw json.RawMessage
		before := int(d.InputOffset())
		if err := d.Decode(&raw); err != nil {
			if rest := strings.TrimLeft(f.text[before:], " \t\r\n"); rest != "" {
				f.policy("", len(f.text)-len(rest), rest, evaluator.NoKind)
			}
			return
		}
		end := int(d.InputOffset())
		f.value(jsonPart{raw: raw, offset: end - len(raw)}, 0)
	}
}

// jsonPart is a value of the file.
type jsonPart struct {
	name   string // of the member
	path   string
	raw    json.RawMessage
	offset int

	address string // of the resource that it is in, such as aws_iam_role.app, in a plan of Terraform
}

// named is the attribute of a resource in Terraform's words, such as aws_iam_role.app.assume_role_policy.
func (p *jsonPart) named() string {
	_, attribute, ok := strings.Cut(p.path, ".values.")
	if !ok || p.address == "" {
		return ""
	}
	return p.address + "." + attribute
}

func (f *jsonFile) value(p jsonPart, depth int) {
	if depth > maxNested {
		return
	}
	switch p.raw[0] {
	case '[':
		for _, e := range elementsOf(p) {
			e.address = p.address
			f.value(e, depth+1)
		}
	case '{':
		f.object(p, depth)
	case '"':
		f.quoted(p)
	}
}

func (f *jsonFile) object(p jsonPart, depth int) {
	members := elementsOf(p)
	for _, m := range members {
		switch {
		case m.name == statements && (m.raw[0] == '{' || m.raw[0] == '['):
			f.policy(p.path, p.offset, string(p.raw), kindOfMember(p.name))
			return
		case m.name == "planned_values" && depth == 0: // a plan has the same in another place too
			f.value(m, depth+1)
			return
		case m.name == "IsDefaultVersion" && string(m.raw) == "false":
			return
		}
	}
	address := p.address
	for _, m := range members {
		if m.name == "address" && m.raw[0] == '"' {
			_ = json.Unmarshal(m.raw, &address) // it is JSON already
		}
	}
	for _, m := range members {
		m.address = address
		f.value(m, depth+1)
	}
}

// quoted looks for a policy in a string, which may be percent-encoded, as in answers of
// IAM's API. All of it has the place of the string.
func (f *jsonFile) quoted(p jsonPart) {
	var text string
	if json.Unmarshal(p.raw, &text) != nil {
		return
	}
	if strings.HasPrefix(text, "%7B") {
		text, _ = url.PathUnescape(text)
	}
	if !isPolicy(text) {
		return
	}
	place := func(int) (int, int) { return linePlace(f.text, p.offset) }
	f.found = append(f.found, policyText{
		file: f.name, path: p.path, named: p.named(), text: text, kind: kindOfMember(p.name), place: place,
	})
}

// isPolicy reports whether a string is a policy in JSON.
func isPolicy(text string) bool {
	var members map[string]json.RawMessage
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || json.Unmarshal([]byte(text), &members) != nil {
		return false
	}
	_, ok := members[statements]
	return ok
}

// kindOfMember is the kind of the policies under the name, in files of AWS, of Terraform
// and in seeds.
func kindOfMember(name string) evaluator.Kind {
	switch name {
	case "AssumeRolePolicyDocument", "assume_role_policy", "trust":
		return evaluator.Trust
	}
	return evaluator.NoKind
}

// elementsOf are the members of an object, or the elements of a list.
func elementsOf(p jsonPart) []jsonPart {
	d := json.NewDecoder(bytes.NewReader(p.raw))
	_, _ = d.Token() // the bracket
	var list []jsonPart
	for i := 0; d.More(); i++ {
		e := jsonPart{path: p.path + "[" + strconv.Itoa(i) + "]"}
		if p.raw[0] == '{' {
			name, _ := d.Token()
			e.name, _ = name.(string)
			e.path = strings.TrimPrefix(p.path+"."+e.name, ".")
		}
		if d.Decode(&e.raw) != nil {
			return list
		}
		e.offset = p.offset + int(d.InputOffset()) - len(e.raw)
		list = append(list, e)
	}
	return list
}
