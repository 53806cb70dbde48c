package advice

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/awscli"
	"github.com/understudy-iam/understudy/internal/ordered"
)

// calls reports whether that operation was called.
func (s *search) calls(service, operation string) bool {
	return strings.EqualFold(s.Service, service) && s.Operation == operation
}

// byName are the operations of IAM whose only required parameter is a name, with the
// option that takes it.
var byName = map[string]string{
	"CreateAccessKey": "--user-name", "ListAccessKeys": "--user-name", "CreateUser": "--user-name", "GetUser": "--user-name",
	"DeleteUser": "--user-name", "ListUserPolicies": "--user-name", "ListAttachedUserPolicies": "--user-name",
	"ListGroupsForUser": "--user-name", "ListMFADevices": "--user-name", "ListUserTags": "--user-name", "GetLoginProfile": "--user-name",
	"DeleteLoginProfile": "--user-name", "ListSSHPublicKeys": "--user-name", "ListSigningCertificates": "--user-name",
	"GetRole": "--role-name", "DeleteRole": "--role-name", "ListRolePolicies": "--role-name", "ListAttachedRolePolicies": "--role-name",
	"ListRoleTags": "--role-name", "GetGroup": "--group-name", "CreateGroup": "--group-name", "DeleteGroup": "--group-name",
}

// call is the AWS CLI command that would be made; nil if it needs more than the decision
// contains. For a call that was made, called knows more.
func (s *search) call(st *state) []string {
	switch {
	case s.calls("sts", "AssumeRole"):
		words := []string{"aws", "sts", "assume-role", "--role-arn", st.request.Resource}
		for _, o := range []struct{ key, option string }{
			{"sts:RoleSessionName", "--role-session-name"}, {"sts:ExternalId", "--external-id"},
			{"sts:SourceIdentity", "--source-identity"},
		} {
			if v, _, ok := st.request.Context.Lookup(o.key); ok && len(v) > 0 {
				words = append(words, o.option, v[0])
			}
		}
		words = append(words, st.tagWords()...)
		if v, _, ok := st.request.Context.Lookup("sts:TransitiveTagKeys"); ok && len(v) > 0 {
			words = append(append(words, "--transitive-tag-keys"), v...)
		}
		return words
	case strings.EqualFold(s.Service, "iam") && byName[s.Operation] != "":
		words := []string{"aws", "iam", awscli.Name(s.Operation), byName[s.Operation], lastPart(st.request.Resource)}
		if path := createdPath(st.request.Resource); s.creates(st) && path != "/" {
			words = append(words, "--path", path)
		}
		if v, _, ok := st.request.Context.Lookup("iam:PermissionsBoundary"); ok && len(v) > 0 {
			words = append(words, "--permissions-boundary", v[0])
		}
		return append(words, st.tagWords()...)
	}
	return nil
}

// createdPath is the path in an ARN of IAM, such as /red/ in that of user/red/ana.
func createdPath(arn string) string {
	_, path, _ := strings.Cut(arn, "/")
	return "/" + path[:strings.LastIndexByte(path, '/')+1]
}

// requestTags is how the keys of the tags in a request begin.
const requestTags = "aws:RequestTag/"

// tagWords are the tags of the request as an option.
func (st *state) tagWords() []string {
	var words []string
	for _, name := range st.request.Context.Names() {
		if !beginsWith(name, requestTags) {
			continue
		}
		if v, _, _ := st.request.Context.Lookup(name); len(v) > 0 {
			words = append(words, awscli.Tag(afterSlash(name), v[0]))
		}
	}
	if len(words) == 0 {
		return nil
	}
	return append([]string{"--tags"}, words...)
}

// putPolicy is the command that gives the caller a policy with one statement; empty
// if the caller has no policies.
func putPolicy(st *state, statement ordered.Object) string {
	r, kind := &st.request, "user"
	switch r.Principal.Kind {
	case evaluator.User:
	case evaluator.RoleSession:
		kind = "role"
	default:
		return ""
	}
	owner := lastPart(r.Principal.EntityARN)
	document := visible(newDocument().only(statement))
	return line(append(putInline(kind, owner, newPolicyName(st, kind, owner)), document))
}

// finish gives the steps their commands. Changes of the request become one step, since
// one call makes them.
func (s *search) finish(st *state) []Step {
	var out []Step
	var merged *step
	for _, x := range st.steps {
		if x.Kind != ChangeRequest || x.alone {
			out = append(out, x.Step)
			continue
		}
		if merged == nil {
			merged = &step{Step: x.Step, arguments: slices.Clone(x.arguments)}
			continue
		}
		merged.Sentence += " " + x.Sentence
		merged.Request = merge(merged.Request, x.Request)
		merged.arguments = mergeArguments(merged.arguments, x.arguments)
	}
	if merged == nil {
		return out
	}
	switch words, more := s.whole(st, merged.arguments); {
	case words != nil && !s.sampled(st):
		merged.Command = line(words)
		merged.Sentence += more
	default:
		merged.Arguments = line(s.addable(merged.arguments))
	}
	return append([]Step{merged.Step}, out...)
}

// addable is what can be added to a call that is not known. Services other than IAM and
// STS take tags and the like in different ways; options that all calls have are the same.
func (s *search) addable(words []string) (list []string) {
	if strings.EqualFold(s.Service, "iam") || strings.EqualFold(s.Service, "sts") || s.Service == "" {
		return words
	}
	for _, option := range options(words) {
		if option[0] == "--region" {
			list = append(list, option...)
		}
	}
	return list
}

// whole is the call with the changes of the state, and a sentence about it. For a call
// that was made, all options are known.
func (s *search) whole(st *state, changes []string) (words []string, sentence string) {
	if s.Input != nil {
		return s.called(st, changes)
	}
	if words = s.call(st); words == nil {
		return nil, ""
	}
	for _, option := range options(changes) {
		if !slices.Contains(words, option[0]) {
			words = append(words, option...)
		}
	}
	if s.calls("sts", "AssumeRole") {
		sentence = keepOptions
	}
	return words, sentence
}

// keepOptions says that a call had options that cannot be derived from condition keys.
const keepOptions = " Keep the other options of the call, such as its duration and session policies."

// sampled reports whether the caller has to choose the resource, perhaps by its tag, or a
// value of a parameter that has to match a pattern.
func (s *search) sampled(st *state) bool {
	for i := range st.steps {
		for _, k := range st.steps[i].keysSet() {
			_, _, had := s.Request.Context.Lookup(k.Name)
			if had && !k.Multi && strings.Contains(strings.Join(k.Values, ""), sample) || isResourceTag(k.Name) {
				return true
			}
		}
	}
	return strings.Contains(st.request.Resource, sample)
}

// keysSet are the condition keys that the step gives other values.
func (x *step) keysSet() []Key {
	if x.Request == nil {
		return nil
	}
	return x.Request.Set
}

// merge is one change followed by another.
func merge(a, b *Request) *Request {
	out := *a
	out.Set = append(slices.DeleteFunc(slices.Clone(a.Set), func(k Key) bool { return b.changes(k.Name) }), b.Set...)
	out.Unset = append(slices.DeleteFunc(slices.Clone(a.Unset), b.changes), b.Unset...)
	if b.Resource != "" {
		out.Resource = b.Resource
	}
	return &out
}

// changes reports whether the change is of that key.
func (c *Request) changes(key string) bool { return c.sets(key) || c.unsets(key) }

func (c *Request) sets(key string) bool {
	return slices.ContainsFunc(c.Set, func(k Key) bool { return strings.EqualFold(k.Name, key) })
}

func (c *Request) unsets(key string) bool {
	return slices.ContainsFunc(c.Unset, func(name string) bool { return strings.EqualFold(name, key) })
}

// mergeArguments combines the values of an option that is in both lists.
func mergeArguments(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	i := slices.Index(a, b[0])
	if i < 0 {
		return append(a, b...)
	}
	return slices.Insert(a, i+1, b[1:]...)
}
