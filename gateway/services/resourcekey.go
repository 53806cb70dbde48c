package services

import (
	"encoding/xml"
	"net/url"

	"github.com/understudy-iam/understudy/principal"
)

// StoredKey is the key of KMS that a resource has. The zero value is no key.
type StoredKey struct {
	Name     string // ID, ARN or alias
	OfBucket bool   // S3 uses one key for the whole bucket, which it makes from this one
}

// keyed are the resources whose contents a key of KMS protects, by the service of their ARNs: how
// to ask for the key, and where it is in the answer.
var keyed = map[string]struct {
	ask  func(principal.ARN) *Question
	read func(answer []byte) StoredKey
}{
	"s3":             {askEncryption, readEncryption},
	"secretsmanager": {byARN("secretsmanager", "DescribeSecret", "SecretId"), storedKey(secretKey)},
	"sns":            {askTopic, storedKey(topicAttribute(keyAttribute))},
	"sqs":            {askQueueKey, storedKey(memberOf("Attributes." + keyAttribute))},
	"ssm":            {askParameterKey, storedKey(firstOf("Parameters[].KeyId"))},
}

// keyAttribute is the attribute of queues and topics that has their key.
const keyAttribute = "KmsMasterKeyId"

// AskKey returns the request for the key that protects a resource; nil if there is none
// for its kind.
func AskKey(resource string) *Question {
	a, ok := principal.ParseARN(resource)
	kind, known := keyed[a.Service]
	if !ok || !known {
		return nil
	}
	return kind.ask(a)
}

// ReadKey reads the key from an answer to AskKey, if it has one.
func ReadKey(resource string, answer []byte) StoredKey {
	a, _ := principal.ParseARN(resource)
	return keyed[a.Service].read(answer)
}

// storedKey reads a key that is a string in the answer.
func storedKey(find func(answer []byte) string) func(answer []byte) StoredKey {
	return func(answer []byte) StoredKey { return StoredKey{Name: find(answer)} }
}

// secretKey reads the key of a secret. If the answer has none, the secret has the key that AWS
// manages. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
func secretKey(answer []byte) string {
	key := memberOf("KmsKeyId")(answer)
	if key == "" && memberOf("ARN")(answer) != "" {
		return ownKeys + "secretsmanager"
	}
	return key
}

func askEncryption(a principal.ARN) *Question {
	return ask("s3", a).rest("GET", "/"+url.PathEscape(a.Resource), "encryption")
}

// readEncryption reads the default encryption of a bucket.
func readEncryption(answer []byte) StoredKey {
	var rule struct {
		Algorithm string `xml:"Rule>ApplyServerSideEncryptionByDefault>SSEAlgorithm"`
		Key       string `xml:"Rule>ApplyServerSideEncryptionByDefault>KMSMasterKeyID"`
		OfBucket  bool   `xml:"Rule>BucketKeyEnabled"`
	}
	if xml.Unmarshal(answer, &rule) != nil || !isKMS(rule.Algorithm) { // an answer of another form has no key
		return StoredKey{}
	}
	return StoredKey{rule.Key, rule.OfBucket}
}

func askQueueKey(a principal.ARN) *Question {
	return ask("sqs", a).json("GetQueueAttributes", map[string]any{"QueueUrl": queueURL(a), "AttributeNames": []string{keyAttribute}})
}

func askParameterKey(a principal.ARN) *Question {
	filter := map[string]any{"Key": "Name", "Values": []string{parameterName(a)}}
	return ask("ssm", a).json("DescribeParameters", map[string]any{"ParameterFilters": []any{filter}})
}

// firstOf returns the first string at a path with lists in an answer.
func firstOf(path string) func(answer []byte) string {
	return func(answer []byte) string {
		list, _ := answered(answer).list(path)
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
}
