package services

import (
	"maps"
	"slices"
	"strings"
)

// Parameter is a member of a request, with botocore's name, and its value.
type Parameter struct{ Member, Value string }

// Parameters returns the members of the request that name one of the resources, in the order of
// their names. Other members are not shown, since they may be secrets; these are visible in the
// ARNs anyway.
func (c *Call) Parameters(q *Request, resources []string) []Parameter {
	given := maps.Clone(c.labels)
	if given == nil {
		given = map[string]string{}
	}
	c.scalars(q, given)
	var list []Parameter
	for _, member := range slices.Sorted(maps.Keys(given)) {
		value := given[member]
		if slices.ContainsFunc(resources, func(arn string) bool { return names(arn, member, value) }) {
			list = append(list, Parameter{member, value})
		}
	}
	return list
}

// scalars adds the members of the body that are strings, for protocols that name them as botocore
// does.
func (c *Call) scalars(q *Request, into map[string]string) {
	switch c.Protocol {
	case Query, EC2:
		for name, values := range q.parameters() {
			if len(values) == 1 && !strings.Contains(name, ".") {
				into[name] = values[0]
			}
		}
	case JSON10, JSON11, CBOR:
		r := reader{call: c, request: q}
		root, err := r.root()
		if root == nil || err != nil {
			return
		}
		members, err := root.entries()
		if err != nil {
			return
		}
		for _, m := range members {
			if text := textOf(m.value); text != "" {
				into[m.key] = text
			}
		}
	}
}

// names reports whether an ARN has the value as a part between its separators. The URL
// of a queue does if it ends in one.
func names(arn, member, value string) bool {
	if member == "QueueUrl" && !strings.ContainsAny(value, "?#@") {
		value = value[strings.LastIndexByte(value, '/')+1:]
	}
	if value == "" {
		return false
	}
	const separators = ":/"
	within := ":" + arn + ":"
	for _, before := range separators {
		for _, behind := range separators {
			if strings.Contains(within, string(before)+value+string(behind)) {
				return true
			}
		}
	}
	return false
}
