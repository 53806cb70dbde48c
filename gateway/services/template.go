package services

import (
	"slices"
	"strings"
)

// template is a resource in the syntax of the table: an ARN in which $P, $R and $A are partition,
// region and account, and members are in braces.
type template struct {
	parts []part
	free  bool // it is only a member, which must be an ARN
}

// part is a string, or a member.
type part struct {
	text   string
	member *member
}

func parseTemplate(text string) template {
	var t template
	for text != "" {
		before, rest, found := strings.Cut(text, "{")
		if before != "" {
			t.parts = append(t.parts, part{text: before})
		}
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		t.parts = append(t.parts, part{member: parseMember(name)})
		text = after
	}
	t.free = len(t.parts) == 1 && t.parts[0].member != nil
	return t
}

// expand returns the resources that a request names. If there are none, the request has none of the
// members, unless the template has no members.
func (t template) expand(r *reader) ([]string, error) {
	columns, known, err := t.columns(r)
	if err != nil || !known {
		return nil, err
	}
	rows, err := rows(columns)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(rows))
	for _, row := range rows {
		resource := t.join(r, row)
		if !t.local(r.request, resource) {
			return nil, errElsewhere
		}
		out = append(out, resource)
	}
	if t.free && slices.ContainsFunc(out, func(text string) bool { return !isARN(text) && text != "*" }) {
		return nil, errNoARN
	}
	return out, nil
}

// local reports whether an ARN is of the partition and the region of the request, where a server
// looks for the name in it. The source of a copy may be in another region.
func (t template) local(r *Request, arn string) bool {
	f := strings.SplitN(arn, ":", 5)
	if len(f) < 5 || f[0] != "arn" || t.source() {
		return true
	}
	return f[1] == r.Partition && (f[3] == "" || f[3] == r.Region || f[3] == "*")
}

// source reports whether the last member is the source of a copy.
func (t template) source() bool {
	for _, p := range t.parts {
		if p.member != nil && len(p.member.steps) > 0 &&
			strings.Contains(strings.ToLower(p.member.steps[len(p.member.steps)-1].name), "source") {
			return true
		}
	}
	return false
}

// all returns the resource of a request that names none: a star for each member.
func (t template) all(r *reader) string {
	row := make([]string, len(t.parts))
	for i, p := range t.parts {
		row[i] = r.fill(p.text)
		if p.member != nil {
			row[i] = "*"
		}
	}
	return t.join(r, row)
}

// columns returns the values of each part. A missing member is a star if the request has another of
// the members.
func (t template) columns(r *reader) (columns [][]string, known bool, err error) {
	known = true
	members := 0
	for _, p := range t.parts {
		if p.member == nil {
			columns = append(columns, []string{r.fill(p.text)})
			continue
		}
		values, err := r.texts(p.member)
		if err != nil {
			return nil, false, err
		}
		if len(values) > 0 {
			members++
		} else {
			known, values = false, []string{"*"}
		}
		columns = append(columns, values)
	}
	return columns, known || members > 0, nil
}

// rows combines the values of the parts. Lists of the same length are combined element by element.
func rows(columns [][]string) ([][]string, error) {
	out := [][]string{nil}
	paired := 0
	for _, column := range columns {
		if len(column) > 1 && len(column) == paired {
			for i := range out {
				out[i] = append(out[i], column[i])
			}
			continue
		}
		if len(out)*len(column) > maxParts {
			return nil, errTooMuch
		}
		next := make([][]string, 0, len(out)*len(column))
		for _, row := range out {
			for _, text := range column {
				next = append(next, append(slices.Clip(row), text))
			}
		}
		if out = next; len(column) > 1 {
			paired = len(out)
		}
	}
	return out, nil
}

// join writes a resource. Many members can be a name or an ARN: if the last member is an ARN, that
// is the resource, with what the template adds to it; of an earlier member that is an ARN only the
// name counts.
func (t template) join(r *reader, row []string) string {
	last := t.last(row)
	if last >= 0 && !t.free && isARN(row[last]) && t.sameService(row[last]) {
		return t.extend(row, last)
	}
	var out strings.Builder
	for i, text := range row {
		if t.parts[i].member != nil && i != last && isARN(text) {
			text = lastOf(text)
		}
		if t.parts[i].member != nil && i > 0 && t.parts[i-1].member == nil {
			text = withoutTwice(row[i-1], text)
		}
		out.WriteString(text)
	}
	return out.String()
}

// last returns the index of the last part that is a member and not an addition.
func (t template) last(row []string) int {
	for i := len(row) - 1; i >= 0; i-- {
		if t.parts[i].member != nil && !strings.HasPrefix(row[i], ":") && row[i] != "" {
			return i
		}
	}
	return -1
}

// extend returns an ARN with the template's additions, which begin with a colon.
func (t template) extend(row []string, last int) string {
	arn := row[last]
	for _, text := range row[last+1:] {
		if text == "" || text[0] != ':' {
			break
		}
		arn = strings.TrimSuffix(arn, ":*")
		if has := strings.HasSuffix(arn, text) || strings.HasSuffix(text, ":") && strings.Contains(arn, text); !has {
			arn += text
		}
	}
	return arn
}

// withoutTwice removes from the start of a value what the string before it ends with: an alias of
// KMS is "alias/a", a parameter "/a", an organizational unit "ou-a".
func withoutTwice(before, text string) string {
	tail := before[strings.LastIndexByte(before, ':')+1:]
	if tail != "" && strings.HasPrefix(text, tail) {
		return text[len(tail):]
	}
	if token := tail[strings.LastIndexByte(tail, '/')+1:]; token != "" && strings.HasPrefix(text, token) {
		return text[len(token):]
	}
	if strings.HasSuffix(before, "/") {
		return strings.TrimPrefix(text, "/")
	}
	return text
}

// sameService reports whether an ARN is of the same service as the template.
func (t template) sameService(arn string) bool {
	return service(arn) == service(t.parts[0].text)
}

func service(arn string) string {
	_, rest, _ := strings.Cut(arn, ":")
	_, rest, _ = strings.Cut(rest, ":")
	name, _, _ := strings.Cut(rest, ":")
	return name
}
