package services

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// policied is a kind of resource that has a policy of its own.
type policied struct {
	noun   string
	holder func(resource string) string // see holder.go

	// ask asks for the policy of a holder, and read reads it from the answer.
	ask  func(holder principal.ARN) *Question
	read func(answer []byte) string
}

// policies are the resources that have policies, by the service of their ARNs.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
var policies = map[string]policied{
	"s3":             {"a bucket", bucketOf, askBucket, whole},
	accessPoints:     {"an access point", pointOf, askPointPolicy, pointPolicy},
	"sqs":            {"a queue", wholly, askQueue, memberOf("Attributes.Policy")},
	"sns":            {"a topic", topicOf, askTopic, topicAttribute("Policy")},
	"kms":            {"a key", below("key/"), askKey, memberOf("Policy")},
	"lambda":         {"a function", below("function:"), askFunction, memberOf("Policy")},
	"secretsmanager": {"a secret", secretOf, byARN("secretsmanager", "GetResourcePolicy", "SecretId"), memberOf("ResourcePolicy")},
	"dynamodb":       {"a table", tableOf, byARN("dynamodb", "GetResourcePolicy", "ResourceArn"), memberOf("Policy")},
	"ecr":            {"a repository", below("repository/"), askRepository, memberOf("policyText")},
	"kinesis":        {"a stream", below("stream/"), byARN("kinesis", "GetResourcePolicy", "ResourceARN"), memberOf("Policy")},
	"events":         {"an event bus", below("event-bus/"), askBus, memberOf("Policy")},
}

// accessPoints is the table's name for access points of S3, whose ARNs have an account.
const accessPoints = "s3 access points"

// policiedKind returns the kind of resource that an ARN names.
func policiedKind(a principal.ARN) (policied, bool) {
	service := a.Service
	if service == "s3" && a.AccountID != "" {
		service = accessPoints
	}
	kind, ok := policies[service]
	return kind, ok
}

// PolicyHolder returns the ARN of the resource whose policy counts for a resource: the bucket for
// an object of S3, the table for an index of DynamoDB. It is empty if there is no such policy, or
// if the resource is a pattern.
func PolicyHolder(resource string) string {
	a, ok := principal.ParseARN(resource)
	if !ok {
		return ""
	}
	kind, ok := policiedKind(a)
	if !ok {
		return ""
	}
	return holder(a, kind.holder(a.Resource))
}

// DeclaredHolder returns the holder for the ARN under which a policy is declared; empty if there is
// none. A secret may be named without the six characters at the end of its ARN, or with -?????? in
// their place.
func DeclaredHolder(resource string) string {
	holder := PolicyHolder(resource)
	if resource != holder && resource != holder+unknownSuffix {
		return ""
	}
	return holder
}

// DeclaredNames returns the possible results of DeclaredHolder for the policy of a holder, the best
// first: its ARN and, for a secret, the ARN without the six characters.
func DeclaredNames(holder string) []string {
	a, _ := principal.ParseARN(holder)
	if a.Service != "secretsmanager" || !complete(a.Resource) {
		return []string{holder}
	}
	return []string{holder, holder[:len(holder)-len(unknownSuffix)]}
}

// PolicyHolders returns the kinds of resources whose policies PolicyHolder knows, such as "a
// bucket", in alphabetical order.
func PolicyHolders() []string {
	var nouns []string
	for _, kind := range policies {
		nouns = append(nouns, kind.noun)
	}
	slices.Sort(nouns)
	return nouns
}

// AskPolicy returns the request for the policy of a holder.
func AskPolicy(holder string) *Question {
	a, _ := principal.ParseARN(holder)
	kind, _ := policiedKind(a)
	return kind.ask(a)
}

// ReadPolicy reads the policy from an answer to AskPolicy; empty if it has none.
func ReadPolicy(holder string, answer []byte) string {
	a, _ := principal.ParseARN(holder)
	kind, _ := policiedKind(a)
	policy := strings.TrimSpace(kind.read(answer))
	if !strings.HasPrefix(policy, "{") {
		return ""
	}
	return policy
}

func askBucket(a principal.ARN) *Question {
	return ask("s3", a).rest("GET", "/"+url.PathEscape(a.Resource), "policy")
}

func askQueue(a principal.ARN) *Question {
	return ask("sqs", a).json("GetQueueAttributes", map[string]any{"QueueUrl": queueURL(a), "AttributeNames": []string{"Policy"}})
}

func askTopic(a principal.ARN) *Question {
	return ask("sns", a).form("GetTopicAttributes", url.Values{"TopicArn": {a.String()}})
}

func askKey(a principal.ARN) *Question {
	return ask("kms", a).json("GetKeyPolicy", map[string]any{"KeyId": strings.TrimPrefix(a.Resource, "key/"), "PolicyName": "default"})
}

func askFunction(a principal.ARN) *Question {
	name, qualifier, _ := strings.Cut(strings.TrimPrefix(a.Resource, "function:"), ":")
	query := ""
	if qualifier != "" {
		query = "Qualifier=" + url.QueryEscape(qualifier)
	}
	return ask("lambda", a).rest("GET", "/2015-03-31/functions/"+url.PathEscape(name)+"/policy", query)
}

func askRepository(a principal.ARN) *Question {
	name := strings.TrimPrefix(a.Resource, "repository/")
	return ask("ecr", a).json("GetRepositoryPolicy", map[string]any{"registryId": a.AccountID, "repositoryName": name})
}

func askBus(a principal.ARN) *Question {
	return ask("events", a).json("DescribeEventBus", map[string]any{"Name": strings.TrimPrefix(a.Resource, "event-bus/")})
}

func whole(answer []byte) string { return string(answer) }

// topicAttribute reads an attribute of a topic.
func topicAttribute(name string) func(answer []byte) string {
	return func(answer []byte) string {
		var members struct {
			Entries []struct {
				Key   string `xml:"key"`
				Value string `xml:"value"`
			} `xml:"GetTopicAttributesResult>Attributes>entry"`
		}
		_ = xml.Unmarshal(answer, &members) // an answer of another form has none
		for _, e := range members.Entries {
			if e.Key == name {
				return e.Value
			}
		}
		return ""
	}
}
