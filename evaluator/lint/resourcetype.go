package lint

import (
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// TrustPolicy is the resource type of the trust policy of a role.
const TrustPolicy = "AWS::IAM::AssumeRolePolicyDocument"

// resourceType is what a resource-based policy is attached to.
type resourceType struct {
	name    string
	service string
	types   []string // of the catalogue, which ARNs in the policy may have
}

// resourceTypes are the values of validatePolicyResourceType.
// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
var resourceTypes = []resourceType{
	{"AWS::DynamoDB::Table", "dynamodb", []string{"table", "index", "stream"}},
	{TrustPolicy, "sts", nil},
	{"AWS::S3::AccessPoint", "s3", []string{"accesspoint", "accesspointobject"}},
	{"AWS::S3::Bucket", "s3", []string{"bucket", "object"}},
	{"AWS::S3::MultiRegionAccessPoint", "s3", []string{"multiregionaccesspoint", "accesspointobject"}},
	{"AWS::S3ObjectLambda::AccessPoint", "s3-object-lambda", []string{"objectlambdaaccesspoint"}},
}

// ResourceTypes are the resource types that Options can name.
func ResourceTypes() []string {
	var names []string
	for _, t := range resourceTypes {
		names = append(names, t.name)
	}
	return names
}

// attached is what the policy is attached to, if that is known.
func (l *linter) attached() (resourceType, bool) {
	i := slices.IndexFunc(resourceTypes, func(t resourceType) bool { return t.name == l.resourceType })
	if i < 0 || l.kind != evaluator.Resource && l.kind != evaluator.Trust {
		return resourceType{}, false
	}
	return resourceTypes[i], true
}

// actionOfType reports an action that cannot be asked for of what the policy is attached to.
func (l *linter) actionOfType(a value, c *cover) {
	t, ok := l.attached()
	if ok && !c.everything && !slices.ContainsFunc(c.actions, func(a catalog.Action) bool { return a.Service == t.service }) {
		l.report(UnsupportedActionInPolicy, a.spot, a.text, t.name)
	}
}

// resourceOfType reports an ARN that is not one of what the policy is attached to.
func (l *linter) resourceOfType(r value) {
	t, ok := l.attached()
	if !ok || t.types == nil || !strings.HasPrefix(r.text, "arn:") {
		return
	}
	service, ok := catalog.Find(t.service)
	if !ok {
		return
	}
	for _, name := range t.types {
		if found, ok := service.ResourceType(name); ok && l.mayBe(r.text, found.Patterns) {
			return
		}
	}
	l.report(UnsupportedResourceARNInPolicy, r.spot, t.name)
}
