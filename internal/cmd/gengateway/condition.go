package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

var (
	tagNames    = regexp.MustCompile(`^(tags?|taglist|tagslist|tagspecifications?.*|resourcetags|.*tags)$`)
	tagKeyNames = regexp.MustCompile(`^(tagkeys?|tagkeylist|removetagkeys|tagstoremove|tagkeys.*)$`)
)

// tags returns the member that has the tags of a request.
func (f *finder) tags() *leaf {
	for _, l := range f.leaves {
		if l.depth > 4 {
			break
		}
		if k, v := f.pair(l); (l.kind == "map" && f.plainMap(l) || k != "" && v != "") && f.tagNamed(l) {
			return l
		}
	}
	return nil
}

// tagNamed reports whether a name in the leaf's path says that it holds tags.
func (f *finder) tagNamed(l *leaf) bool {
	for part := range strings.SplitSeq(l.path, ".") {
		if tagNames.MatchString(fold(part)) {
			return true
		}
	}
	return strings.HasPrefix(l.shape, "Tag")
}

func (f *finder) plainMap(l *leaf) bool {
	m := f.service.model
	return l.depth == 1 && m.Shapes[m.Shapes[l.shape].Value.Shape].Type == "string"
}

// pair returns the names of the key and of the value in a tag's structure.
func (f *finder) pair(l *leaf) (key, value string) {
	shape := f.service.model.Shapes[l.shape]
	if l.kind != "structure" || !l.list() || len(shape.Members) > 4 {
		return "", ""
	}
	for name, ref := range shape.Members {
		inner := f.service.model.Shapes[ref.Shape]
		switch fold(name) {
		case "key", "tagkey":
			key = f.service.wire(name, ref, inner)
		case "value", "tagvalue":
			value = f.service.wire(name, ref, inner)
		}
	}
	return key, value
}

// tagKeys returns the member that has the keys of the tags to remove.
func (f *finder) tagKeys() *leaf {
	for _, l := range f.leaves {
		if l.depth == 1 && l.text() && tagKeyNames.MatchString(l.name()) {
			return l
		}
	}
	return nil
}

// conditions returns the condition keys that the reference lists for an action and
// whose values are in the request.
func (f *finder) conditions(name string) []string {
	action, ok := catalog.FindAction(name)
	if !ok {
		return nil
	}
	names := slices.Clone(action.ConditionKeys)
	for _, r := range action.Resources {
		names = append(names, r.ActionKeys...)
		names = append(names, r.ConditionKeys...)
	}
	slices.Sort(names)
	var out []string
	if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "aws:RequestTag/") || n == "aws:TagKeys" }) {
		out = f.tagConditions()
	}
	for _, n := range slices.Compact(names) {
		if t := arnKeys[n]; t != "" {
			out = append(out, f.arnKey(n, t)...)
		} else if l := f.keyed(n); l != nil {
			out = append(out, n+"="+l.ref)
		}
	}
	return out
}

// arnKeys lists keys whose value is the ARN of a member that may be a name.
var arnKeys = map[string]string{
	"ecs:cluster":             "arn:$P:ecs:$R:$A:cluster/{cluster}",
	"lambda:FunctionArn":      "arn:$P:lambda:$R:$A:function:{FunctionName~@function}",
	"secretsmanager:SecretId": "arn:$P:secretsmanager:$R:$A:secret:{SecretId}-??????",
}

func (f *finder) arnKey(name, template string) []string {
	path, _, _ := strings.Cut(strings.Trim(braced.FindString(template), "{}"), "~")
	if f.path(path) == nil {
		return nil
	}
	return []string{name + "=" + braced.ReplaceAllStringFunc(template, f.reference)}
}

func (f *finder) tagConditions() []string {
	var out []string
	if l := f.tags(); l != nil && l.ref[0] == 'b' {
		key, value := f.pair(l)
		out = append(out, "tags="+l.ref+";"+key+";"+value)
	}
	if l := f.tagKeys(); l != nil {
		out = append(out, "tagkeys="+l.ref)
	}
	return out
}

// keyed returns the top-level member with the name of a condition key.
func (f *finder) keyed(name string) *leaf {
	prefix, rest, _ := strings.Cut(name, ":")
	if prefix == "aws" || prefix == "iam" && f.service.name != "iam" || strings.ContainsAny(rest, "${}<>") {
		return nil
	}
	for _, l := range f.leaves {
		if l.depth > 1 || !l.text() {
			continue
		}
		if n := l.name(); n == fold(rest) && (!isARNKey(name) || strings.Contains(n, "arn")) {
			return l
		}
	}
	return nil
}

// isARNKey reports whether the values of a key are ARNs.
func isARNKey(name string) bool {
	key, ok := catalog.FindKey(name)
	return ok && key.Type == catalog.ARN
}
