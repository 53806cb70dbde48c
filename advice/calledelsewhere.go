package advice

import (
	"regexp"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/internal/awscli"
)

// keepAll says that a command has only those options of a call that follow from the ARN
// of the resource.
const keepAll = " Add the other options of the call."

// calledElsewhere is called for calls of services other than IAM and STS. Only what names
// the resources of such a call is known, so it can be made on another resource and in
// another region.
func (s *search) calledElsewhere(of *awscli.Call, st *state, changes []string) (words []string, sentence string) {
	for i := range st.steps {
		if slices.ContainsFunc(st.steps[i].keysSet(), func(k Key) bool { return !strings.EqualFold(k.Name, "aws:RequestedRegion") }) {
			return nil, ""
		}
	}
	words = []string{"aws", of.Command, awscli.Name(s.Operation)}
	values := make([]string, 0, len(of.Arguments))
	for i := range of.Arguments {
		values = append(values, of.Arguments[i].Values[0])
	}
	moved, ok := movedParts(values, s.Request.Resource, st.request.Resource)
	if !ok || len(values) == 0 {
		return nil, ""
	}
	for i, a := range of.Arguments {
		a.Values = []string{moved[i]}
		words = append(words, a.Words()...)
	}
	for _, option := range options(changes) {
		words = append(words, option...)
	}
	return words, keepAll
}

// movedParts turns values that name the parts of one ARN into those of another ARN; false
// if they do not cover what differs.
func movedParts(values []string, from, to string) ([]string, bool) {
	if from == to {
		return values, true
	}
	order := make([]int, len(values)) // the values by their places in the ARN
	for i := range values {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.LastIndex(from, values[a]) - strings.LastIndex(from, values[b]) })
	pattern, end := "(?s)^", 0
	for _, i := range order {
		at := strings.LastIndex(from, values[i])
		if at < end {
			return nil, false // it is not in the ARN, or shares a part with another one
		}
		pattern += regexp.QuoteMeta(from[end:at]) + "(.+?)"
		end = at + len(values[i])
	}
	of, err := regexp.Compile(pattern + regexp.QuoteMeta(from[end:]) + "$")
	if err != nil {
		return nil, false // an ARN that is not in UTF-8
	}
	parts := of.FindStringSubmatch(to)
	if parts == nil {
		return nil, false
	}
	moved := make([]string, len(values))
	for n, i := range order {
		moved[i] = parts[n+1]
	}
	return moved, true
}
