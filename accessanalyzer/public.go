package accessanalyzer

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/understudy-iam/understudy/evaluator"
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
// A policy is not public that admits everybody only with a fixed value of a key such as
// aws:PrincipalOrgID in the request; see compare.Public. What the policy allows
// of other services than that of the resource type does not count, since it never applies to
// such a resource.
func (s *Service) CheckNoPublicAccess(
	ctx context.Context, in *accessanalyzer.CheckNoPublicAccessInput,
) (*accessanalyzer.CheckNoPublicAccessOutput, error) {
	kind := evaluator.Resource
	if in.ResourceType == types.AccessCheckResourceTypeRoleTrust {
		kind = evaluator.Trust
	}
	doc, err := parse("policyDocument", in.PolicyDocument, kind)
	if err != nil {
		return nil, err
	}
	grants, err := s.granted(ctx, "policyDocument", func() ([]compare.Grant, error) { return exposed(doc, in.ResourceType, kind) })
	if err != nil {
		return nil, err
	}
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

// exposed is what the policy of a resource of the type lets everybody do.
func exposed(doc *evaluator.Document, of types.AccessCheckResourceType, kind evaluator.Kind) ([]compare.Grant, error) {
	access := compare.Access{Actions: []string{services[of] + ":*"}}
	if of == types.AccessCheckResourceTypeS3AccessPoint {
		return compare.PublicAccessPoint(doc, access)
	}
	return compare.Public(doc, access, kind)
}
