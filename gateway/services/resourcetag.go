package services

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/principal"
)

// taggedKind is a kind of resource whose tags policies may mention.
type taggedKind struct {
	holder func(resource string) string // see holder.go
	ask    func(holder principal.ARN) *Question
	read   func(answer []byte) []tag
	keys   []string // prefixes of condition keys
}

const resourceTag = "aws:ResourceTag/"

// taggedKinds are the resources that have tags, by the service of their ARNs. At AWS the tags of buckets count only if
// attribute-based access control is enabled.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var taggedKinds = map[string]taggedKind{
	"dynamodb": {tableOf, byARN("dynamodb", "ListTagsOfResource", "ResourceArn"), tagList("Tags[]", "Key", "Value"), []string{resourceTag}},
	"ec2":      {wholly, askInstance, readXMLTags, []string{resourceTag, "ec2:ResourceTag/"}},
	"ecr": {below("repository/"), byARN("ecr", "ListTagsForResource", "resourceArn"), tagList("tags[]", "Key", "Value"),
		[]string{resourceTag, "ecr:ResourceTag/"}},
	"events":  {wholly, byARN("events", "ListTagsForResource", "ResourceARN"), tagList("Tags[]", "Key", "Value"), []string{resourceTag}},
	"kinesis": {below("stream/"), askStreamTags, tagList("Tags[]", "Key", "Value"), []string{resourceTag}},
	"kms":     {below("key/"), askKeyTags, tagList("Tags[]", "TagKey", "TagValue"), []string{resourceTag}},
	"lambda":  {firstBelow("function:"), askFunctionTags, tagMap("Tags"), []string{resourceTag}},
	"logs":    {firstBelow("log-group:"), byARN("logs", "ListTagsForResource", "resourceArn"), tagMap("tags"), []string{resourceTag}},
	"s3":      {objectOf, askObjectTags, readXMLTags, []string{"s3:ExistingObjectTag/"}},
	"secretsmanager": {
		below("secret:"), byARN("secretsmanager", "DescribeSecret", "SecretId"), tagList("Tags[]", "Key", "Value"),
		[]string{resourceTag, "secretsmanager:ResourceTag/"},
	},
	"sns": {topicOf, askTopicTags, readXMLTags, []string{resourceTag}},
	"sqs": {wholly, askQueueTags, tagMap("Tags"), []string{resourceTag}},
	"ssm": {below("parameter/"), askParameterTags, tagList("TagList[]", "Key", "Value"), []string{resourceTag, "ssm:resourceTag/"}},
	"states": {wholly, byARN("stepfunctions", "ListTagsForResource", "resourceArn"), tagList("tags[]", "key", "value"),
		[]string{resourceTag}},
}

// TagHolder returns the ARN of the resource whose tags count for an action on a resource; empty if
// there is none, or if the resource is a pattern.
func TagHolder(action, resource string) string {
	a, ok := principal.ParseARN(resource)
	kind, known := taggedKinds[a.Service]
	if !ok || !known || !hasTagKey(action, kind.keys[0]) {
		return ""
	}
	return holder(a, kind.holder(a.Resource))
}

// hasTagKey reports whether the action has condition keys with the prefix, as far as that is known:
// aws:ResourceTag is a key of every resource that can have tags.
func hasTagKey(action, prefix string) bool {
	if prefix == resourceTag {
		return true
	}
	known, ok := catalog.FindAction(action)
	return ok && slices.ContainsFunc(known.ConditionKeys, func(key string) bool { return strings.HasPrefix(key, prefix) })
}

// AskTags returns the request for the tags of a holder. Version is the version of an object.
func AskTags(holder, version string) *Question {
	a, _ := principal.ParseARN(holder)
	q := taggedKinds[a.Service].ask(a)
	if a.Service == "s3" && version != "" {
		q.URL.RawQuery += "&versionId=" + url.QueryEscape(version)
	}
	return q
}

// ReadTags reads the condition keys of the tags from an answer to AskTags.
func ReadTags(holder string, answer []byte) []authz.Key {
	a, _ := principal.ParseARN(holder)
	kind := taggedKinds[a.Service]
	var keys []authz.Key
	for _, t := range kind.read(answer) {
		for _, prefix := range kind.keys {
			keys = append(keys, authz.String(prefix+t.key, t.value))
		}
	}
	return keys
}

// KeepsTags reports whether the tags of a holder can be cached until a call may have changed the
// service's resources: too many calls change objects.
func KeepsTags(holder string) bool {
	a, _ := principal.ParseARN(holder)
	return a.Service != "s3"
}

func askInstance(a principal.ARN) *Question {
	_, id, _ := strings.Cut(a.Resource, "/")
	return ask("ec2", a).form("DescribeTags", url.Values{"Filter.1.Name": {"resource-id"}, "Filter.1.Value.1": {id}})
}

func askStreamTags(a principal.ARN) *Question {
	name, _, _ := strings.Cut(strings.TrimPrefix(a.Resource, "stream/"), "/")
	return ask("kinesis", a).json("ListTagsForStream", map[string]any{"StreamName": name})
}

func askKeyTags(a principal.ARN) *Question {
	return ask("kms", a).json("ListResourceTags", map[string]any{"KeyId": strings.TrimPrefix(a.Resource, "key/")})
}

func askFunctionTags(a principal.ARN) *Question {
	return ask("lambda", a).rest("GET", "/2017-03-31/tags/"+url.PathEscape(a.String()), "")
}

func askObjectTags(a principal.ARN) *Question {
	bucket, key, _ := strings.Cut(a.Resource, "/")
	return ask("s3", a).rest("GET", "/"+url.PathEscape(bucket)+"/"+escapeKey(key), "tagging")
}

// escapeKey escapes the key of an object, except for slashes, which are part of the path.
func escapeKey(key string) string {
	parts := strings.Split(key, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

func askTopicTags(a principal.ARN) *Question {
	return ask("sns", a).form("ListTagsForResource", url.Values{"ResourceArn": {a.String()}})
}

func askQueueTags(a principal.ARN) *Question {
	return ask("sqs", a).json("ListQueueTags", map[string]any{"QueueUrl": queueURL(a)})
}

// parameterName returns the usual name of a parameter: the ARN leaves out the slash at the
// beginning of a path, and emulators accept both.
func parameterName(a principal.ARN) string {
	name := strings.TrimPrefix(a.Resource, "parameter")
	if strings.Count(name, "/") == 1 {
		name = name[1:]
	}
	return name
}

func askParameterTags(a principal.ARN) *Question {
	return ask("ssm", a).json("ListTagsForResource", map[string]any{"ResourceType": "Parameter", "ResourceId": parameterName(a)})
}

// tagList reads tags that are structures.
func tagList(path, key, content string) func([]byte) []tag {
	return func(answer []byte) []tag {
		found, _ := answered(answer).walk(parseSteps(path))
		var out []tag
		for _, v := range found {
			if t, err := tagOf(v, key, content); err == nil && t.key != "" {
				out = append(out, t)
			}
		}
		return out
	}
}

// tagMap reads tags that are a map.
func tagMap(path string) func([]byte) []tag {
	return func(answer []byte) []tag {
		v, _ := answered(answer).at(path)
		tags, _ := tagsOf(v)
		return tags
	}
}

// xmlTags are tags in XML, in the spellings of EC2, S3 and SNS.
type xmlTags struct {
	EC2 []struct {
		Key   string `xml:"key"`
		Value string `xml:"value"`
	} `xml:"tagSet>item"`
	S3 []struct {
		Key   string
		Value string
	} `xml:"TagSet>Tag"`
	SNS []struct {
		Key   string
		Value string
	} `xml:"ListTagsForResourceResult>Tags>member"`
}

func readXMLTags(answer []byte) []tag {
	var found xmlTags
	_ = xml.Unmarshal(answer, &found) // an answer of another form has no tags
	var out []tag
	for _, t := range found.EC2 {
		out = append(out, tag{t.Key, t.Value})
	}
	for _, t := range slices.Concat(found.S3, found.SNS) {
		out = append(out, tag{t.Key, t.Value})
	}
	return out
}
