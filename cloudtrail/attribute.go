package cloudtrail

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/understudy-iam/understudy/events"
)

// checkAttributes refuses attributes that do not exist, and values that are empty or too
// long.
func checkAttributes(list []types.LookupAttribute) error {
	for _, a := range list {
		if !slices.Contains(a.AttributeKey.Values(), a.AttributeKey) {
			return invalidAttributeKey(string(a.AttributeKey))
		}
		if n := weight(aws.ToString(a.AttributeValue)); n < 1 || n > maxValue {
			return invalidAttributeValue(string(a.AttributeKey))
		}
	}
	return nil
}

const (
	maxValue = 2000 // characters

	heavy = "_ ,\n" // count twice, says the API reference
)

// weight is how many characters of a value's limit it takes.
func weight(value string) int {
	n := utf8.RuneCountInString(value)
	for _, c := range heavy {
		n += strings.Count(value, string(c))
	}
	return n
}

// counting is the attribute that counts: AWS takes a list, heeds the first attribute and
// ignores the others without an error, as people found out with live accounts.
// https://github.com/guessi/cloudtrail-cli/issues/2
func counting(list []types.LookupAttribute) *types.LookupAttribute {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// has reports whether a record has the attribute. Values are compared whole, and their
// case counts.
func has(r *events.Record, a *types.LookupAttribute) bool {
	value := aws.ToString(a.AttributeValue)
	switch a.AttributeKey {
	case types.LookupAttributeKeyResourceName:
		return slices.ContainsFunc(resources(r), func(x types.Resource) bool { return *x.ResourceName == value })
	case types.LookupAttributeKeyResourceType:
		return slices.ContainsFunc(resources(r), func(x types.Resource) bool { return *x.ResourceType == value })
	}
	return members[a.AttributeKey](r) == value
}

// members are what the other attributes are of a record.
var members = map[types.LookupAttributeKey]func(*events.Record) string{
	types.LookupAttributeKeyEventId:     func(r *events.Record) string { return r.EventID },
	types.LookupAttributeKeyEventName:   func(r *events.Record) string { return r.EventName },
	types.LookupAttributeKeyReadOnly:    func(r *events.Record) string { return strconv.FormatBool(r.ReadOnly) },
	types.LookupAttributeKeyUsername:    func(r *events.Record) string { return username(&r.UserIdentity) },
	types.LookupAttributeKeyEventSource: func(r *events.Record) string { return r.EventSource },
	types.LookupAttributeKeyAccessKeyId: func(r *events.Record) string { return r.UserIdentity.AccessKeyID },
}
