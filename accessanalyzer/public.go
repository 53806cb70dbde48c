package accessanalyzer

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/evaluator/compare"
)

// services are whose actions the policy of a resource is about, by the resource's type.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var services = map[types.AccessCheckResourceType]string{
	types.AccessCheckResourceTypeDynamodbTable:            "dynamodb",
	types.AccessCheckResourceTypeDynamodbStream:           "dynamodb",
	types.AccessCheckResourceTypeEfsFilesystem:            "elasticfilesystem",
	types.AccessCheckResourceTypeOpensearchserviceDomain:  "es",
	types.AccessCheckResourceTypeKinesisDataStream:        "kinesis",
	types.AccessCheckResourceTypeKinesisStreamConsumer:    "kinesis",
	types.AccessCheckResourceTypeKmsKey:                   "kms",
	types.AccessCheckResourceTypeLambdaFunction:           "lambda",
	types.AccessCheckResourceTypeS3Bucket:                 "s3",
	types.AccessCheckResourceTypeS3AccessPoint:            "s3",
	types.AccessCheckResourceTypeS3expressDirectorybucket: "s3express",
	types.AccessCheckResourceTypeS3Glacier:                "glacier",
	types.AccessCheckResourceTypeS3OutpostsBucket:         "s3-outposts",
	types.AccessCheckResourceTypeS3OutpostsAccessPoint:    "s3-outposts",
	types.AccessCheckResourceTypeSecretsmanagerSecret:     "secretsmanager",
	types.AccessCheckResourceTypeSnsTopic:                 "sns",
	types.AccessCheckResourceTypeSqsQueue:                 "sqs",
	types.AccessCheckResourceTypeRoleTrust:                "sts",
	types.AccessCheckResourceTypeS3TableBucket:            "s3tables",
	types.AccessCheckResourceTypeApiGatewayRestApi:        "execute-api",
	types.AccessCheckResourceTypeCodeArtifactDomain:       "codeartifact",
	types.AccessCheckResourceTypeBackupVault:              "backup",
	types.AccessCheckResourceTypeCloudtrailDashboard:      "cloudtrail",
	types.AccessCheckResourceTypeCloudtrailEventDataStore: "cloudtrail",
	types.AccessCheckResourceTypeS3Table:                  "s3tables",
	types.AccessCheckResourceTypeS3ExpressAccessPoint:     "s3express",
}

// CheckNoPublicAccess checks that the policy of a resource does not let in everybody.
// https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html
//
// A policy is not public that admits everybody only under a condition that a fixed value of a
// key such as aws:PrincipalOrgID is in the request; see compare.Public. What the policy allows
// of other services than that of the resource type does not count, since it never applies to
// such a resource.
func (s *Service) CheckNoPublicAccess(
	_ context.Context, in *accessanalyzer.CheckNoPublicAccessInput,
) (*accessanalyzer.CheckNoPublicAccessOutput, error) {
	kind := evaluator.Resource
	if in.ResourceType == types.AccessCheckResourceTypeRoleTrust {
		kind = evaluator.Trust
	}
	doc, err := parse("policyDocument", in.PolicyDocument, kind)
	if err != nil {
		return nil, err
	}
	grants, err := compare.Public(doc, kind)
	if err != nil {
		return nil, invalidDocument("policyDocument", err)
	}
	grants = ofService(services[in.ResourceType], doc, grants)
	if len(grants) == 0 {
		return &accessanalyzer.CheckNoPublicAccessOutput{
			Result:  types.CheckNoPublicAccessResultPass,
			Message: aws.String("The resource policy does not grant public access for the given resource type."),
		}, nil
	}
	return &accessanalyzer.CheckNoPublicAccessOutput{
		Result:  types.CheckNoPublicAccessResultFail,
		Message: aws.String("The resource policy grants public access for the given resource type."),
		Reasons: reasons(doc, grants, "Public access granted in the following statement"),
	}, nil
}

// ofService are the grants of actions of a service. The action of a grant is one of those
// that the document does not tell apart, so an action of the service may be among these.
func ofService(service string, doc *evaluator.Document, grants []compare.Grant) []compare.Grant {
	t := newTexts(doc)
	classes := map[string]bool{}
	if s, ok := catalog.Find(service); ok {
		for name := range s.ActionNames() {
			classes[t.class(service+":"+name)] = true
		}
	}
	return slices.DeleteFunc(grants, func(g compare.Grant) bool {
		of, _, _ := strings.Cut(g.Action, ":")
		return !strings.EqualFold(of, service) && !classes[t.class(g.Action)]
	})
}

// texts are those of Action and NotAction in a document.
type texts []*evaluator.ActionPattern

func newTexts(doc *evaluator.Document) (t texts) {
	seen := map[string]bool{}
	for i := range doc.Statements {
		for _, text := range slices.Concat(doc.Statements[i].Actions, doc.Statements[i].NotActions) {
			if !seen[text.Value] {
				seen[text.Value] = true
				t = append(t, evaluator.NewActionPattern(text.Value))
			}
		}
	}
	return t
}

// class tells which of the texts match an action, a byte each.
func (t texts) class(action string) string {
	b := make([]byte, len(t))
	for i, p := range t {
		if p.Matches(action) {
			b[i] = 1
		}
	}
	return string(b)
}
