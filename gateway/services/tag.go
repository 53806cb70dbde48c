package services

import "github.com/understudy-iam/understudy/authz"

// tag is a tag of a request or of a resource.
type tag struct{ key, value string }

// tagOf reads a tag that is a structure with members of the given names.
func tagOf(v value, key, content string) (tag, error) {
	name, err := v.member(key)
	if err != nil {
		return tag{}, err
	}
	text, err := v.member(content)
	if err != nil {
		return tag{}, err
	}
	return tag{textOf(name), textOf(text)}, nil
}

// tagsOf reads tags that are a map, which may be absent.
func tagsOf(v value) ([]tag, error) {
	if v == nil {
		return nil, nil
	}
	entries, err := v.entries()
	if err != nil {
		return nil, err
	}
	var out []tag
	for _, e := range entries {
		out = append(out, tag{e.key, textOf(e.value)})
	}
	return out, nil
}

// requestTags returns the keys of tags that a resource gets.
func requestTags(tags []tag) []authz.Key { return tagged("aws:RequestTag/", "aws:TagKeys", tags) }

// objectTags returns the keys of tags that an object of S3 gets.
func objectTags(tags []tag) []authz.Key {
	return tagged("s3:RequestObjectTag/", "s3:RequestObjectTagKeys", tags)
}

// tagged returns a key with the prefix for each tag, and one key with the names of all tags; none
// if there are no tags.
func tagged(prefix, all string, tags []tag) []authz.Key {
	if len(tags) == 0 {
		return nil
	}
	keys := make([]authz.Key, 0, len(tags)+1)
	names := make([]string, 0, len(tags))
	for _, t := range tags {
		keys = append(keys, authz.String(prefix+t.key, t.value))
		names = append(names, t.key)
	}
	return append(keys, authz.Strings(all, names...))
}
