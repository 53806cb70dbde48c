package services

import (
	"bytes"
	"strings"
)

// reader reads the members of one request. The body is parsed when its first member is asked for.
type reader struct {
	call    *Call
	request *Request
	body    value
	err     error
	read    bool
}

// root returns the body as a value.
func (r *reader) root() (value, error) {
	if !r.read {
		r.read = true
		r.body, r.err = r.decode()
	}
	return r.body, r.err
}

func (r *reader) decode() (value, error) {
	switch r.call.Protocol {
	case Query, EC2:
		return readForm(r.request)
	case CBOR:
		return readCBOR(r.request.Body)
	case RESTXML:
		return readXML(r.request.Body)
	}
	if r.request.sound {
		return jsonValue(bytes.TrimSpace(r.request.Body)), nil
	}
	v, err := readJSON(r.request.Body)
	r.request.sound = v != nil && err == nil
	return v, err
}

// walk returns the parts of the body that the steps lead to.
func (r *reader) walk(steps []step) ([]value, error) {
	root, err := r.root()
	if err != nil {
		return nil, err
	}
	return walk(root, steps)
}

// nodes returns the parts of the body that the member is.
func (r *reader) nodes(m *member) ([]value, error) {
	return r.walk(m.in(r.call.Protocol))
}

// at returns the part of the body at a path without lists; nil if there is none.
func (r *reader) at(path string) (value, error) {
	found, err := r.walk(parseSteps(path))
	if len(found) == 0 || err != nil {
		return nil, err
	}
	return found[0], nil
}

// text returns the string at a path of the body, as at does; empty if there is none.
func (r *reader) text(path string) (string, error) {
	v, err := r.at(path)
	return textOf(v), err
}

// list returns the strings at a path with lists.
func (r *reader) list(path string) ([]string, error) {
	found, err := r.walk(parseSteps(path))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range found {
		if text, ok := v.text(); ok {
			out = append(out, text)
		}
	}
	return out, nil
}

// has reports whether the request has the member.
func (r *reader) has(m *member) (bool, error) {
	if m.place == 'b' {
		nodes, err := r.nodes(m)
		return len(nodes) > 0, err
	}
	list, err := r.direct(m)
	return len(list) > 0, err
}

// texts returns the member's values as strings, or the fallback. Empty values do not count.
func (r *reader) texts(m *member) ([]string, error) {
	list, err := r.written(m)
	if err != nil {
		return nil, err
	}
	switch {
	case len(list) > 0:
		return list, nil
	case m.optional:
		return []string{r.fill(m.fallback)}, nil
	case m.required:
		return nil, errMissing
	}
	return nil, nil
}

// written returns the member's values as they are in the request.
func (r *reader) written(m *member) ([]string, error) {
	list, err := r.direct(m)
	if err != nil {
		return nil, err
	}
	if m.place == 'b' {
		nodes, err := r.nodes(m)
		if err != nil {
			return nil, err
		}
		for _, n := range nodes {
			text, ok := n.text()
			if !ok {
				return nil, errSyntax
			}
			list = append(list, text)
		}
	}
	if m.profile {
		for i := range list {
			list[i] = r.role(list[i])
		}
	}
	return m.cut(list), nil
}

// role returns the role of an instance profile, by name or ARN. For a profile that is not known it
// is the role of the same name, as the console creates them.
func (r *reader) role(profile string) string {
	if r.request.InstanceProfileRole != nil {
		if arn := r.request.InstanceProfileRole(profile); arn != "" {
			return arn
		}
	}
	return lastOf(profile)
}

// direct returns the values of a member that is not in the body.
func (r *reader) direct(m *member) ([]string, error) {
	switch m.place {
	case 'u':
		return present(r.call.labels[m.name]), nil
	case 'p':
		return []string{strings.TrimPrefix(r.request.Path, m.name)}, nil
	case 'h':
		values := r.request.Header.Values(m.name)
		if len(values) > 1 {
			return nil, errTwice
		}
		return append([]string(nil), values...), nil
	case 'q':
		name, several := strings.CutSuffix(m.name, "[]")
		values := r.request.Query[name]
		if len(values) > 1 && !several {
			return nil, errTwice
		}
		return append([]string(nil), values...), nil
	}
	return nil, nil
}

func present(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// cut takes the part of each value that counts, and leaves out empty ones. A pattern does not apply
// to ARNs: template handles these. A required member becomes a star if its pattern does not match.
func (m *member) cut(list []string) []string {
	out := list[:0]
	for _, text := range list {
		if m.function != nil {
			text = m.function(text)
		}
		if m.pattern != nil && !isARN(text) {
			match := m.pattern.FindStringSubmatch(text)
			if match == nil && !m.required {
				continue
			}
			text = "*"
			if match != nil {
				text = match[len(match)-1]
			}
		}
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

func isARN(text string) bool { return strings.HasPrefix(text, "arn:") }

// fill puts the caller's partition, region and account in a string of the table.
func (r *reader) fill(text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	return strings.NewReplacer("$P", r.request.Partition, "$R", r.request.Region, "$A", r.request.Account).Replace(text)
}
