package services

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// Lookup is a kind of name by which a request may refer to a resource.
type Lookup uint8

// The lookups.
const (
	AliasOfKey        Lookup = iota + 1 // the ARN of an alias stands for that of a key of KMS
	NameOfSecret                        // the ARN of a secret without its six characters stands for the whole one
	CiphertextOfKey                     // a ciphertext, in base64, stands for the ARN of the key
	FunctionOfMapping                   // the ARN of an event source mapping of Lambda stands for that of its function
	KeyManager                          // the ARN of a key of KMS stands for AWS, if AWS has made it for a service
	IteratorOfStream                    // an iterator of Kinesis stands for the ARN of its stream
)

// resolve returns the ARN of the resource that the name refers to; empty if it is not known.
func (r *Request) resolve(kind Lookup, name string) string {
	if r.Resolve == nil || name == "" {
		return ""
	}
	return r.Resolve(kind, name)
}

// AskName returns the request for the ARN that a name stands for; nil if upstreams are
// not asked for names of the kind, or if the name is not one.
func AskName(kind Lookup, name string) *Question {
	a, _ := principal.ParseARN(name)
	switch kind {
	case AliasOfKey, KeyManager:
		return ask("kms", a).json("DescribeKey", map[string]any{"KeyId": name})
	case FunctionOfMapping:
		if id, ok := strings.CutPrefix(a.Resource, "event-source-mapping:"); ok && a.Service == "lambda" {
			return ask("lambda", a).rest(http.MethodGet, "/2015-03-31/event-source-mappings/"+url.PathEscape(id), "")
		}
	case NameOfSecret:
		// More upstreams understand a name than an ARN without the six characters.
		if secret, ok := strings.CutPrefix(a.Resource, "secret:"); ok && a.Service == "secretsmanager" {
			return ask("secretsmanager", a).json("DescribeSecret", map[string]any{"SecretId": secret})
		}
	}
	return nil
}

// named are the members with the ARN in answers to AskName.
var named = map[Lookup]string{AliasOfKey: "KeyMetadata.Arn", FunctionOfMapping: "FunctionArn", NameOfSecret: "ARN"}

// ReadName reads the ARN from the answer to AskName; empty if it has none. An upstream that knows
// only one account answers with that, so the account of the name counts.
func ReadName(kind Lookup, name string, answer []byte) string {
	if kind == KeyManager {
		return memberOf("KeyMetadata.KeyManager")(answer)
	}
	found := memberOf(named[kind])
	asked, _ := principal.ParseARN(name)
	a, ok := principal.ParseARN(found(answer))
	if !ok || a.Service != asked.Service || a.Region != asked.Region {
		return ""
	}
	a.AccountID = asked.AccountID
	return a.String()
}

// taught are the members of answers that refer to a resource in later requests.
var taught = map[string]map[string]struct {
	kind   Lookup
	member string
}{
	"kms": {
		"Encrypt":                             {CiphertextOfKey, "CiphertextBlob"},
		"GenerateDataKey":                     {CiphertextOfKey, "CiphertextBlob"},
		"GenerateDataKeyPair":                 {CiphertextOfKey, "PrivateKeyCiphertextBlob"},
		"GenerateDataKeyPairWithoutPlaintext": {CiphertextOfKey, "PrivateKeyCiphertextBlob"},
		"GenerateDataKeyWithoutPlaintext":     {CiphertextOfKey, "CiphertextBlob"},
		"ReEncrypt":                           {CiphertextOfKey, "CiphertextBlob"},
	},
	"kinesis": {
		"GetRecords":       {IteratorOfStream, "NextShardIterator"},
		"GetShardIterator": {IteratorOfStream, "ShardIterator"},
	},
}

// Teaches reports whether answers to the call have a name by which later requests may refer to a
// resource.
func (c *Call) Teaches() bool {
	_, ok := taught[c.Service.Name][c.Operation]
	return ok && (c.Protocol == JSON10 || c.Protocol == JSON11)
}

// Taught reads the name from an answer to a call for which Teaches is true; empty if it has none.
func (c *Call) Taught(answer []byte) (kind Lookup, name string) {
	t := taught[c.Service.Name][c.Operation]
	if name = memberOf(t.member)(answer); t.kind == CiphertextOfKey {
		name = plainBase64(name)
	}
	return t.kind, name
}

// plainBase64 normalizes base64: some servers accept several spellings, with line breaks or without
// padding.
func plainBase64(text string) string {
	plain := strings.Map(func(c rune) rune {
		switch {
		case c == '-':
			return '+'
		case c == '_':
			return '/'
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '+', c == '/':
			return c
		}
		return -1
	}, text)
	content, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return text
	}
	return base64.StdEncoding.EncodeToString(content)
}
