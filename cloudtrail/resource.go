package cloudtrail

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/understudy-iam/understudy/events"
)

// The resources of an event are found in its parameters and in what was answered. Of
// AssumeRole that is confirmed by answers that people show: its access key, the role, and
// the session by its name, its ID and its ARN. Of other operations it is not; what they
// name is taken in the same way, and the types are those that AWS lists for event history.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-console.html

// kinds are the types of resources that members name.
var kinds = map[string]string{
	"accessKeyId":              "AWS::IAM::AccessKey",
	"accountAlias":             "AWS::IAM::AccountAlias",
	"assumedRoleId":            "AWS::STS::AssumedRole",
	"certificateId":            "AWS::IAM::SigningCertificate",
	"groupId":                  "AWS::IAM::Group",
	"groupName":                "AWS::IAM::Group",
	"instanceProfileId":        "AWS::IAM::InstanceProfile",
	"instanceProfileName":      "AWS::IAM::InstanceProfile",
	"newGroupName":             "AWS::IAM::Group",
	"newServerCertificateName": "AWS::IAM::ServerCertificate",
	"newUserName":              "AWS::IAM::User",
	"openIDConnectProviderArn": "AWS::IAM::OpenIDConnectProvider",
	"policyArn":                "AWS::IAM::Policy",
	"policyId":                 "AWS::IAM::Policy",
	"policyName":               "AWS::IAM::Policy",
	"roleArn":                  "AWS::IAM::Role",
	"roleId":                   "AWS::IAM::Role",
	"roleName":                 "AWS::IAM::Role",
	"roleSessionName":          "AWS::STS::AssumedRole",
	"sAMLProviderArn":          "AWS::IAM::SamlProvider",
	"serialNumber":             "AWS::IAM::MfaDevice",
	"serverCertificateId":      "AWS::IAM::ServerCertificate",
	"serverCertificateName":    "AWS::IAM::ServerCertificate",
	"userId":                   "AWS::IAM::User",
	"userName":                 "AWS::IAM::User",
}

// owners are the types of the resources whose ARN is the member "arn" of a structure, by
// the name of the structure.
var owners = map[string]string{
	"assumedRoleUser":           "AWS::STS::AssumedRole",
	"group":                     "AWS::IAM::Group",
	"instanceProfile":           "AWS::IAM::InstanceProfile",
	"policy":                    "AWS::IAM::Policy",
	"role":                      "AWS::IAM::Role",
	"serverCertificateMetadata": "AWS::IAM::ServerCertificate",
	"user":                      "AWS::IAM::User",
}

// resource is a resource that an event names.
type resource struct{ kind, name string }

// resources are those that a record names, sorted by type and name; AWS's order is not the
// same each time.
func resources(r *events.Record) []types.Resource {
	found := map[resource]bool{}
	for _, own := range r.Resources {
		if own.ARN != "" {
			found[resource{own.Type, own.ARN}] = true
		}
	}
	if r.EventSource == "iam.amazonaws.com" || r.EventSource == "sts.amazonaws.com" {
		collect(found, r.RequestParameters)
		collect(found, r.ResponseElements)
	}
	list := []types.Resource{}
	for _, one := range slices.SortedFunc(maps.Keys(found), func(a, b resource) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
	}) {
		list = append(list, types.Resource{ResourceType: aws.String(one.kind), ResourceName: aws.String(one.name)})
	}
	return list
}

// collect adds what the members of an object name.
func collect(found map[resource]bool, object json.RawMessage) {
	var members map[string]any
	if json.Unmarshal(object, &members) == nil { // there may be none
		collectFrom(found, "", members)
	}
}

func collectFrom(found map[resource]bool, structure string, members map[string]any) {
	for member, value := range members {
		switch v := value.(type) {
		case map[string]any:
			collectFrom(found, member, v)
		case string:
			kind := kinds[member]
			if member == "arn" {
				kind = owners[structure]
			}
			if kind != "" {
				found[resource{kind, v}] = true
			}
		}
	}
}
