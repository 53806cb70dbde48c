package main

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	expression = regexp.MustCompile(`^%%([a-z]+)%(.*)%%$`)
	reference  = regexp.MustCompile(`\$\{([^}]*)\}`)
)

// expression writes an expression of requests.txt in the language of the table: as
// one string, or as several for "many". If there is none, the operation no longer
// has the member. Only the first branch of a condition is used: the second is a
// star.
func (f *finder) expression(e string) (out, members []string) {
	m := expression.FindStringSubmatch(e)
	if m == nil && strings.Contains(e, "%%") {
		e = e[strings.LastIndex(e, "%%")+2:] // a path before a name: IAM's entities are found without
	}
	if m == nil {
		text, members, ok := f.replace(e, "")
		if !ok {
			return nil, nil
		}
		return []string{text}, members
	}
	args := strings.Split(m[2], "%")
	switch m[1] {
	case "many":
		for _, arg := range args {
			t, more := f.expression(arg)
			out, members = append(out, t...), append(members, more...)
		}
		return out, members
	case "regex":
		text, members, ok := f.replace(args[0], strings.Join(args[1:], "%"))
		if !ok {
			return nil, nil
		}
		return []string{text}, members
	case "iftruthy", "iftemplatematch":
		if len(args) > 1 {
			return f.expression(args[1])
		}
		return f.expression(args[0])
	}
	return nil, nil
}

// replace replaces the members with references.
func (f *finder) replace(text, pattern string) (out string, members []string, ok bool) {
	ok = true
	out = reference.ReplaceAllStringFunc(text, func(r string) string {
		name := r[2 : len(r)-1]
		if f := fixed[fold(name)]; f != "" && name != "account" && name != "accountId" {
			return f
		}
		l := f.path(name)
		if l == nil || !l.text() {
			ok = false
			return ""
		}
		members = append(members, l.path)
		ref := f.with(l)
		if p := goPattern(pattern); p != "" {
			ref += "~" + url.QueryEscape(p)
		}
		return "{" + ref + "}"
	})
	return out, members, ok
}

// path finds the member with a path as spelled in requests.txt.
func (f *finder) path(path string) *leaf {
	want := foldPath(path)
	for _, l := range f.leaves {
		if l.key() == want {
			return l
		}
	}
	return nil
}

// goPattern rewrites a pattern of requests.txt for Go. Go does not have lookahead;
// patterns use it only to exclude ARNs, which the reader of the table does anyway.
func goPattern(p string) string {
	p = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(p, "/"), "g"), "/")
	p = strings.ReplaceAll(strings.ReplaceAll(p, `\\`, `\`), `\/`, `/`)
	if strings.Contains(p, "(?!") {
		return ""
	}
	if _, err := regexp.Compile(p); err != nil {
		return ""
	}
	return p
}
