package advice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/awscli"
)

// newSession: credentials can be asked for again.
func newSession(s *search, st *state, a *asked) (step, bool) {
	now, _, ok := st.request.Context.Lookup("aws:CurrentTime")
	if !ok || st.request.Principal.Kind != evaluator.RoleSession {
		return step{}, false
	}
	return step{Step: Step{
		Sentence: "Get new credentials: " + has(st, a.key) + ", when these were issued.",
		Request:  &Request{Set: []Key{{Name: a.key, Values: now}}}, Command: line(s.assumeAgain(st)),
	}, alone: true}, true
}

// assumeAgain is the call that begins the caller's session again.
func (s *search) assumeAgain(st *state) []string {
	p := &st.request.Principal
	return []string{"aws", "sts", "assume-role", "--role-arn", p.EntityARN, "--role-session-name", lastPart(p.ARN)}
}

func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

func partition(arn string) string {
	if parts := strings.SplitN(arn, ":", 3); len(parts) == 3 && parts[1] != "" {
		return parts[1]
	}
	return "aws"
}

// later: a call can wait, but cannot go back in time.
func later(_ *search, st *state, a *asked) (step, bool) {
	if len(a.values) != 1 {
		return step{}, false
	}
	t, err := time.Parse(time.RFC3339, a.values[0])
	if seconds, number := strconv.ParseInt(a.values[0], 10, 64); number == nil {
		t, err = time.Unix(seconds, 0), nil
	}
	now, _, _ := st.request.Context.Lookup("aws:CurrentTime")
	begun, bad := time.Parse(time.RFC3339, strings.Join(now, ""))
	if err != nil || bad != nil || !t.After(begun) {
		return step{}, false
	}
	text := t.UTC().Format(time.RFC3339)
	return step{Step: Step{
		Sentence: "Wait until " + text + "; the call came at " + begun.Format(time.RFC3339) + ".",
		Request: &Request{Set: []Key{
			{Name: "aws:CurrentTime", Values: []string{text}}, {Name: "aws:EpochTime", Values: []string{strconv.FormatInt(t.Unix(), 10)}},
		}},
	}}, true
}

// requestTag sets or leaves out a tag of the request, and its key in aws:TagKeys.
func requestTag(_ *search, st *state, a *asked) (step, bool) {
	if !takesTags(st.request.Action) {
		return step{}, false
	}
	tag := afterSlash(a.key)
	keys := slices.DeleteFunc(st.tagKeys(), func(k string) bool { return strings.EqualFold(k, tag) })
	if len(a.values) == 0 {
		return step{Step: Step{
			Sentence: fmt.Sprintf("Leave out the tag %s.", tag), Request: withTagKeys(&Request{Unset: []string{a.key}}, keys),
		}}, true
	}
	made := step{
		Step: Step{
			Sentence: a.say("Tag it with " + tag + " = %s"),
			Request:  withTagKeys(a.set(), append(keys, tag)),
		},
		arguments: []string{"--tags", awscli.Tag(tag, a.values[0])},
	}
	if from := vouchedTags(st.request.Principal.Kind); from != "" {
		made.Sentence, made.arguments = a.say(from+" the session tag "+tag+" = %s"), nil
	} else if a.values[0] == sample {
		made.Sentence = fmt.Sprintf("Tag it with a value of your choice: %s.", tag)
	}
	return made, true
}

func afterSlash(key string) string { return key[strings.IndexByte(key, '/')+1:] }

func (st *state) tagKeys() []string {
	found, _, _ := st.request.Context.Lookup("aws:TagKeys")
	return slices.Clone(found)
}

func withTagKeys(c *Request, keys []string) *Request {
	if len(keys) == 0 {
		c.Unset = append(c.Unset, "aws:TagKeys")
	} else {
		c.Set = append(c.Set, Key{"aws:TagKeys", keys, true})
	}
	return c
}

// tagKeys: fewer tags, or more.
func tagKeys(_ *search, st *state, a *asked) (step, bool) {
	if !takesTags(st.request.Action) {
		return step{}, false
	}
	had := st.tagKeys()
	change := withTagKeys(&Request{}, a.values)
	made := step{Step: Step{Request: change}}
	var less, more []string
	for _, k := range had {
		if !slices.Contains(a.values, k) {
			less = append(less, k)
			change.Unset = append(change.Unset, requestTags+k)
		}
	}
	for _, k := range a.values {
		if !slices.Contains(had, k) {
			more = append(more, k)
			change.Set = append(change.Set, Key{Name: requestTags + k, Values: []string{sample}})
			made.arguments = append(made.arguments, awscli.Tag(k, sample))
		}
	}
	switch {
	case len(less) > 0 && len(more) > 0, len(less)+len(more) == 0:
		return step{}, false
	case len(less) > 0:
		made.Sentence = fmt.Sprintf("Ask for fewer tags: leave out %s.", strings.Join(less, ", "))
	default:
		made.Sentence = fmt.Sprintf("Tag it too with a value of your choice: %s.", strings.Join(more, ", "))
		made.arguments = append([]string{"--tags"}, made.arguments...)
	}
	return made, true
}

// taggers are the operations that tag a resource of IAM, by the type in its ARN.
var taggers = map[string][]string{"user": {"tag-user", "--user-name"}, "role": {"tag-role", "--role-name"}}

// resourceTag: another resource may have the tag. Somebody who is allowed to can add it
// to one that does not have it. The tags of buckets do not count, and objects have only
// those of s3:ExistingObjectTag.
func resourceTag(s *search, st *state, a *asked) (step, bool) {
	if s.creates(st) || strings.Contains(st.request.Resource, ":s3:::") {
		return step{}, false
	}
	if len(a.values) != 1 || a.values[0] == sample {
		return step{}, false
	}
	tag, change := afterSlash(a.key), &Request{}
	for _, prefix := range []string{"aws:ResourceTag/", "iam:ResourceTag/"} {
		change.Set = append(change.Set, Key{Name: prefix + tag, Values: a.values})
	}
	made := step{Step: Step{Sentence: a.say("Use a resource whose tag " + tag + " is %s"), Request: change}}
	if _, _, present := st.request.Context.Lookup(a.key); present {
		return made, true
	}
	made.Sentence = a.say("Use a resource whose tag "+tag+" is %s") +
		" This one has no such tag; anyone who may tag it can add it."
	made.warnings = []Warning{{OpensToOthers, "The tag decides who may use the resource: the callers whose " +
		"own tag is the same may use it then."}}
	kind := resourceType(st.request.Resource)
	if t := taggers[kind]; t != nil {
		made.Command = line([]string{"aws", "iam", t[0], t[1], lastPart(st.request.Resource), "--tags", awscli.Tag(tag, a.values[0])})
		made.alone = true
	}
	return made, true
}

// resourceType is the type in an ARN of IAM, such as user.
func resourceType(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[2] != "iam" {
		return ""
	}
	kind, _, _ := strings.Cut(parts[5], "/")
	return kind
}

// parameter reports whether a key of the action's own service is about the request,
// and not about the resource.
func parameter(action, key string) bool {
	a, ok := catalog.FindAction(action)
	if service, _, _ := strings.Cut(key, ":"); !ok || !strings.EqualFold(service, a.Service) {
		return false
	}
	names := slices.Clone(a.ConditionKeys)
	for _, r := range a.Resources {
		if slices.ContainsFunc(r.ConditionKeys, func(k string) bool { return sameKey(k, key) }) {
			return false
		}
		names = append(names, r.ActionKeys...)
	}
	return slices.ContainsFunc(names, func(k string) bool { return sameKey(k, key) })
}

// takesTags reports whether a call that needs the action can have tags. This is not known
// for an action that is not in AWS's reference.
func takesTags(action string) bool {
	a, ok := catalog.FindAction(action)
	isTag := func(key string) bool { return beginsWith(key, requestTags) || strings.EqualFold(key, "aws:TagKeys") }
	return !ok || slices.ContainsFunc(a.ConditionKeys, isTag) || slices.ContainsFunc(a.Resources, func(r catalog.ActionResource) bool {
		return slices.ContainsFunc(r.ActionKeys, isTag)
	})
}

// sameKey compares a key with one from the catalogue, which may end in a variable.
func sameKey(pattern, key string) bool {
	if before, _, ok := strings.Cut(pattern, "${"); ok {
		return len(key) > len(before) && beginsWith(key, before)
	}
	return strings.EqualFold(pattern, key)
}
