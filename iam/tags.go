package iam

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// A tagKeys says when two tag keys of a resource are the same. AWS ignores case for users
// and roles, but not for policies, instance profiles, MFA devices, providers and server
// certificates (recorded).
type tagKeys func(key string) string

var (
	foldTagKeys  tagKeys = strings.ToLower
	exactTagKeys tagKeys = func(key string) string { return key }
)

// newTags checks the tags of a request and returns them as records. Like AWS, it looks
// for reserved keys in the whole list before it looks for duplicates (recorded).
func newTags(list []types.Tag, same tagKeys) ([]persistence.Tag, error) {
	for i, t := range list {
		if strings.TrimSpace(aws.ToString(t.Key)) == "" {
			return nil, blankTagKey(i + 1)
		}
	}
	for _, t := range list {
		if strings.HasPrefix(strings.ToLower(aws.ToString(t.Key)), "aws:") {
			return nil, reservedTagKey()
		}
	}
	seen := map[string]bool{}
	for _, t := range list {
		key := same(aws.ToString(t.Key))
		if seen[key] {
			return nil, duplicateTagKeys(same("A") == "a")
		}
		seen[key] = true
	}
	return tagRecords(list), nil
}

// tagRecords are the tags of a request, unchecked.
func tagRecords(list []types.Tag) []persistence.Tag {
	var tags []persistence.Tag
	for _, t := range list {
		tags = append(tags, persistence.Tag{Key: aws.ToString(t.Key), Value: aws.ToString(t.Value)})
	}
	return tags
}

// mergeTags adds tags to those that a resource has: the same key gets the new value and
// the new spelling. If there would be more than max tags, it refuses all of them.
func mergeTags(have, put []persistence.Tag, same tagKeys, max int) ([]persistence.Tag, error) {
	merged := slices.Clone(have)
	for _, t := range put {
		at := slices.IndexFunc(merged, func(old persistence.Tag) bool { return same(old.Key) == same(t.Key) })
		if at < 0 {
			merged = append(merged, t)
		} else {
			merged[at] = t
		}
	}
	if len(merged) > max {
		return nil, tooManyTags()
	}
	return merged, nil
}

// dropTags removes the keys from the tags. Keys that are not there are ignored.
func dropTags(have []persistence.Tag, keys []string, same tagKeys) []persistence.Tag {
	return slices.DeleteFunc(slices.Clone(have), func(t persistence.Tag) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return same(k) == same(t.Key) })
	})
}

// tagPage returns a page of tags in the order of the List...Tags calls: shorter keys
// first, then by bytes. AWS does so, seen in recorded answers of ListPolicyTags.
func tagPage(p *page, tags []persistence.Tag) []types.Tag {
	return tagsAlwaysOut(pick(p, sortedTags(tags), tagPosition))
}

// sortedTags returns tags in that order, which answers about providers have too
// (recorded).
func sortedTags(tags []persistence.Tag) []persistence.Tag {
	return slices.SortedFunc(slices.Values(tags), func(a, b persistence.Tag) int {
		return cmp.Or(cmp.Compare(len(a.Key), len(b.Key)), strings.Compare(a.Key, b.Key))
	})
}

func tagPosition(t persistence.Tag) persistence.Key {
	return persistence.Key{fmt.Sprintf("%04d", len(t.Key)), t.Key}
}

// tagsOut is the Tags member of an answer that leaves it out when there are none.
func tagsOut(tags []persistence.Tag) []types.Tag {
	if len(tags) == 0 {
		return nil
	}
	return tagsAlwaysOut(tags)
}

// tagsAlwaysOut is the Tags member of an answer that has it even when empty.
// server/testdata/lists.txt says which answers do, and how it is known.
func tagsAlwaysOut(tags []persistence.Tag) []types.Tag {
	list := make([]types.Tag, len(tags))
	for i, t := range tags {
		list[i] = types.Tag{Key: aws.String(t.Key), Value: aws.String(t.Value)}
	}
	return list
}

// tagNeeds adds the tags of a request to the permission that it needs.
func tagNeeds(need authz.Need, tags []types.Tag) []authz.Need {
	need.Keys = append(need.Keys, authz.RequestTags(tagRecords(tags))...)
	return []authz.Need{need}
}

// untagNeeds adds the tag keys of a request to the permission that it needs.
func untagNeeds(need authz.Need, keys []string) []authz.Need {
	need.Keys = append(need.Keys, authz.TagKeys(keys...)...)
	return []authz.Need{need}
}
