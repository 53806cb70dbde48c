package events

import (
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// resourceKinds are the types of resources that CloudTrail names in the records of services, by
// service and the beginning of the resource in its ARN; the first that fits counts. name is
// the parameter with which calls name the resource.
var resourceKinds = map[string][]struct{ begins, kind, name string }{
	"dynamodb":       {{"table/", "AWS::DynamoDB::Table", "tableName"}},
	"kinesis":        {{"stream/", "AWS::Kinesis::Stream", "streamName"}},
	"kms":            {{"key/", "AWS::KMS::Key", "keyId"}, {"alias/", "", "keyId"}},
	"lambda":         {{"function:", "AWS::Lambda::Function", "functionName"}},
	"logs":           {{"log-group:", "", "logGroupName"}},
	"secretsmanager": {{"secret:", "", "secretId"}},
	"sns":            {{"", "AWS::SNS::Topic", "topicArn"}},
	"sqs":            {{"", "AWS::SQS::Queue", "queueUrl"}},
	"ssm":            {{"parameter/", "", "name"}},
	"states":         {{"stateMachine:", "", "stateMachineArn"}},
}

// serviceResources are the resources of a call of another service than IAM and STS: those
// of which it was decided.
func (e *Event) serviceResources() []Resource {
	var list []Resource
	seen := map[string]bool{}
	add := func(r Resource) {
		if r.Type != "" && !seen[r.ARN] && len(list) < mostResources {
			seen[r.ARN] = true
			list = append(list, r)
		}
	}
	d := e.Decision()
	if d == nil {
		return nil
	}
	for i := range d.Checks {
		n := &d.Checks[i].Need
		a, ok := principal.ParseARN(n.Resource)
		if !ok || strings.ContainsAny(a.Resource, "*") || a.Service != e.Caller.Request.Service {
			continue
		}
		if a.Service != "s3" {
			kind, _ := kindOf(a)
			add(Resource{AccountID: a.AccountID, Type: kind, ARN: n.Resource})
			continue
		}
		bucket, _, isObject := strings.Cut(a.Resource, "/")
		if isObject {
			add(Resource{Type: "AWS::S3::Object", ARN: n.Resource})
		}
		a.Resource = bucket
		add(Resource{AccountID: n.Owner, Type: "AWS::S3::Bucket", ARN: a.String()})
	}
	return list
}

// mostResources is how many resources of a call are named: DeleteObjects has a thousand.
const mostResources = 20

// kindOf is the type of a resource, and the parameter that names it; both empty for one
// that records do not name.
func kindOf(a principal.ARN) (kind, name string) {
	for _, k := range resourceKinds[a.Service] {
		if strings.HasPrefix(a.Resource, k.begins) {
			return k.kind, k.name
		}
	}
	return "", ""
}

// serviceParameters are the parameters of a call of another service, as far as they are
// known: those that name its primary resource. CloudTrail shows the parameters of a call
// that was denied for S3 alone.
func (e *Event) serviceParameters() map[string]any {
	shown := map[string]any{}
	n := e.firstNeed()
	if n == nil || e.Code != "" && e.Caller.Request.Service != "s3" {
		return shown
	}
	a, ok := principal.ParseARN(n.Resource)
	if !ok || strings.ContainsAny(a.Resource, "*") || a.Service != e.Caller.Request.Service {
		return shown
	}
	if a.Service == "s3" {
		bucket, key, isObject := strings.Cut(a.Resource, "/")
		shown["bucketName"] = bucket
		if isObject {
			shown["key"] = key
		}
		return shown
	}
	if _, name := kindOf(a); name != "" {
		shown[name] = named(a, name)
	}
	if a.Service == "sns" && strings.HasPrefix(e.Caller.Request.Operation, "Publish") {
		shown["message"] = Hidden // as CloudTrail does
	}
	return shown
}

// named is how a call names a resource in the parameter.
func named(a principal.ARN, parameter string) string {
	_, name, _ := strings.Cut(a.Resource, "/")
	switch parameter {
	case "tableName":
		table, _, _ := strings.Cut(name, "/") // an index follows
		return table
	case "streamName":
		return name
	case "name": // of a parameter whose name may be a path
		if strings.Contains(name, "/") {
			return "/" + name
		}
		return name
	case "logGroupName":
		group, _, _ := strings.Cut(strings.TrimPrefix(a.Resource, "log-group:"), ":")
		return group
	case "queueUrl":
		return "https://sqs." + a.Region + "." + principal.Partition(a.Partition).Domain() + "/" + a.AccountID + "/" + a.Resource
	}
	return a.String()
}
