// Package accessanalyzer is the part of AWS IAM Access Analyzer, API version 2019-11-01,
// that looks at policy documents: ValidatePolicy, CheckNoNewAccess, CheckAccessNotGranted
// and CheckNoPublicAccess, with the types and the errors of the AWS SDK, and their
// authorization rules. Package lint finds the findings and package compare the grants.
//
// It guarantees that a check answers PASS only if it is proved that nothing is granted,
// that the same document gets the same findings in the same order, and that a page's token
// is good for the same request alone.
//
// # Caveats
//
// Findings are in English, whatever the locale. Nothing is stored. Methods expect a caller
// who is authorized (authz decides), and inputs that satisfy AWS's model.
package accessanalyzer

import (
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// Service has a method for each operation.
type Service struct{}

// New makes a Service.
func New() *Service { return &Service{} }

// Rules are the permissions of the package's operations, a row each.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamaccessanalyzer.html
func Rules() []authz.Rule {
	return []authz.Rule{
		rule[accessanalyzer.ValidatePolicyInput]("ValidatePolicy"),
		rule[accessanalyzer.CheckNoNewAccessInput]("CheckNoNewAccess"),
		rule[accessanalyzer.CheckAccessNotGrantedInput]("CheckAccessNotGranted"),
		rule[accessanalyzer.CheckNoPublicAccessInput]("CheckNoPublicAccess"),
	}
}

// rule is the rule of an action without a resource type. It is on an ARN all the same, that of
// everything that the account has in the region: denials name it (quoted by several people,
// for ValidatePolicy, ListPolicyGenerations and ListAnalyzers).
func rule[In any](action string) authz.Rule {
	return authz.For(func(q *authz.Query, _ *In) ([]authz.Need, error) {
		return []authz.Need{{Action: "access-analyzer:" + action, Resource: everything(q)}}, nil
	})
}

// everything is the ARN of all that the caller's account has in the region.
func everything(q *authz.Query) string {
	return q.Partition.ARN(principal.ARN{
		Service: "access-analyzer", Region: q.Caller.Request.Region, AccountID: q.Account(), Resource: "*",
	})
}
