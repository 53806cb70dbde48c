package services

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// sealing says how an operation uses a key of KMS.
type sealing struct {
	member  string   // names the key in the request
	stored  bool     // without the member the key of the resource is used
	when    []string // members of which the request must have one; "NAME=VALUE" requires that value
	actions []string
	context string // the key of the encryption context whose value is the resource's ARN
}

var (
	newTable    = sealing{member: "SSESpecification.KMSMasterKeyId", actions: []string{"DescribeKey", "CreateGrant"}}
	newFunction = sealing{member: "KMSKeyArn", actions: []string{"CreateGrant", "Encrypt"}, context: "aws:lambda:FunctionArn"}
	toTopic     = sealing{stored: true, actions: encrypts, context: "aws:sns:topicArn"}
	toQueue     = sealing{stored: true, actions: encrypts, context: "aws:sqs:arn"}
	secured     = sealing{stored: true, when: []string{"WithDecryption=true"}, actions: decrypts, context: "PARAMETER_ARN"}
)

// sealings are the operations whose services use keys of KMS on their caller's behalf. S3 has rules
// of its own. Values that no request has, such as the version of a new secret, are missing from the
// encryption context.
//
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
// https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
var sealings = map[string]map[string]sealing{
	"dynamodb": {"CreateTable": newTable, "UpdateTable": newTable},
	"lambda":   {"CreateFunction": newFunction, "UpdateFunctionConfiguration": newFunction},
	"secretsmanager": {
		"BatchGetSecretValue": {stored: true, actions: decrypts, context: "SecretARN"},
		"CreateSecret":        {member: "KmsKeyId", when: []string{"SecretString", "SecretBinary"}, actions: encrypts},
		"GetSecretValue":      {stored: true, actions: decrypts, context: "SecretARN"},
		"PutSecretValue":      {stored: true, actions: []string{"GenerateDataKey"}, context: "SecretARN"},
		"UpdateSecret": {member: "KmsKeyId", stored: true, when: []string{"KmsKeyId", "SecretString", "SecretBinary"},
			actions: encrypts, context: "SecretARN"},
	},
	"sns": {"Publish": toTopic, "PublishBatch": toTopic},
	"sqs": {"ReceiveMessage": {stored: true, actions: decrypts, context: "aws:sqs:arn"}, "SendMessage": toQueue,
		"SendMessageBatch": toQueue},
	"ssm": {
		"GetParameter": secured, "GetParameterHistory": secured, "GetParameters": secured,
		"PutParameter": {member: "KeyId", when: []string{"Type=SecureString"}, actions: []string{"Encrypt"}, context: "PARAMETER_ARN"},
	},
}

// onBehalf adds the permissions that the caller needs for the use of keys.
func onBehalf(r *reader, n *Needs) error {
	s, ok := sealings[r.call.Service.Name][r.call.Operation]
	if !ok {
		return nil
	}
	if happens, err := s.happens(r); err != nil || !happens {
		return err
	}
	named := ""
	if s.member != "" {
		var err error
		if named, err = r.text(s.member); err != nil {
			return err
		}
	}
	if n.Items != nil {
		s.ofItems(r, n)
		return nil
	}
	for _, need := range n.Needs {
		if need.Action == n.Needs[0].Action {
			n.Needs = append(n.Needs, s.needs(r, named, need.Resource)...)
		}
	}
	return nil
}

// happens reports whether the request has a member that causes the use.
func (s *sealing) happens(r *reader) (bool, error) {
	for _, member := range s.when {
		name, want, valued := strings.Cut(member, "=")
		text, err := r.text(name)
		if err != nil {
			return false, err
		}
		if valued && text == want || !valued && text != "" {
			return true, nil
		}
	}
	return s.when == nil, nil
}

// needs returns the needs for a resource, with the key that the request names.
func (s *sealing) needs(r *reader, named, resource string) []authz.Need {
	if named == "" && s.stored && r.request.KeyOf != nil && isARN(resource) && !strings.ContainsAny(resource, "*?") {
		named = r.request.KeyOf(resource).Name
	}
	a, _ := principal.ParseARN(resource)
	u := keyUse{service: r.call.Service.Prefix, key: named, owner: a.AccountID, actions: s.actions}
	if s.context != "" {
		u.context = []tag{{s.context, resource}}
	}
	return r.request.useKey(u)
}

// ofItems adds the needs to the items of a call, each of which is about one resource.
func (s *sealing) ofItems(r *reader, n *Needs) {
	var all []authz.Need
	from := 0
	for i := range n.Items {
		item := &n.Items[i]
		all = append(all, n.Needs[from:item.From]...)
		from = item.To
		own := slices.Clone(n.Needs[item.From:item.To])
		own = append(own, s.needs(r, "", own[0].Resource)...)
		*item = Item{len(all), len(all) + len(own)}
		all = append(all, own...)
	}
	n.Needs = append(all, n.Needs[from:]...)
}
