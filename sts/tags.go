package sts

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Session tag keys are compared without regard to case, but keep their spelling.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html

func hasKey(keys []string, key string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
}

// checkTags checks the tags and transitive tag keys of a request against each
// other and against the tags that the calling session hands on.
func checkTags(tags []types.Tag, transitive []string, inherited []principal.Tag) error {
	var keys []string
	for _, t := range tags {
		key := aws.ToString(t.Key)
		if hasKey(keys, key) {
			return duplicateTagKeys()
		}
		if len(key) >= 4 && strings.EqualFold(key[:4], "aws:") {
			return reservedTagKey()
		}
		keys = append(keys, key)
	}
	for _, key := range transitive {
		if !hasKey(keys, key) {
			return transitiveKeyWithoutTag()
		}
	}
	for _, t := range inherited {
		if hasKey(keys, t.Key) { // even if the request does not make it transitive again (recorded)
			return transitiveKeyConflicts()
		}
	}
	return nil
}

// inheritedTags are the tags that a session hands on to the next one in a
// chain of roles.
func inheritedTags(s *principal.Session) []principal.Tag {
	if s == nil || len(s.TransitiveTagKeys) == 0 {
		return nil
	}
	var list []principal.Tag
	for _, t := range s.Tags {
		if hasKey(s.TransitiveTagKeys, t.Key) {
			list = append(list, t)
		}
	}
	return list
}

// sessionTags returns the tags of a new session: the inherited tags and those of the request, which
// have other keys, as checkTags has checked.
func sessionTags(inherited []principal.Tag, tags []types.Tag) []principal.Tag {
	list := slices.Clone(inherited)
	for _, t := range tags {
		list = append(list, principal.Tag{Key: aws.ToString(t.Key), Value: aws.ToString(t.Value)})
	}
	return list
}

func requestTags(tags []types.Tag) []persistence.Tag {
	list := make([]persistence.Tag, len(tags))
	for i, t := range tags {
		list[i] = persistence.Tag{Key: aws.ToString(t.Key), Value: aws.ToString(t.Value)}
	}
	return list
}

// roleTags returns the tags of a role as its trust policy sees them: inherited transitive tags
// replace the role's own tags with the same keys.
func roleTags(own []persistence.Tag, inherited []principal.Tag) []persistence.Tag {
	if len(inherited) == 0 {
		return own
	}
	list := slices.Clone(own)
	for i, t := range list {
		for _, in := range inherited {
			if strings.EqualFold(t.Key, in.Key) {
				list[i].Value = in.Value
			}
		}
	}
	return list
}

// Limits of session tags. The API model has them for requests; tags that an identity provider sends
// are not checked by it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_know
const (
	maxSessionTags = 50
	maxTagKey      = 128
	maxTagValue    = 256
)

var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// checkTagLimits checks the tags that an identity provider sends.
func checkTagLimits(tags []types.Tag) error {
	if len(tags) > maxSessionTags {
		return tagsOverLimits()
	}
	for _, t := range tags {
		key, value := aws.ToString(t.Key), aws.ToString(t.Value)
		if key == "" || utf8.RuneCountInString(key) > maxTagKey || utf8.RuneCountInString(value) > maxTagValue ||
			!tagText.MatchString(key) || !tagText.MatchString(value) {
			return tagsOverLimits()
		}
	}
	return nil
}
