// Package accessanalyzer is the part of AWS IAM Access Analyzer, API version 2019-11-01,
// that is about policy documents: ValidatePolicy, CheckNoNewAccess, CheckAccessNotGranted,
// CheckNoPublicAccess and the generation of policies, with the types and the errors of the AWS
// SDK, and their authorization rules. Package lint finds the findings, package compare the
// grants, and package draft writes the policies.
//
// It guarantees that a check answers PASS only if it is proved that nothing is granted,
// that the same document gets the same findings in the same order, and that a page's token
// is good for the same request alone.
//
// # Caveats
//
// Findings are in English, whatever the locale. Policy generations are kept in memory, the
// newest 200 of all accounts, and end with the server. Methods expect a caller who is
// authorized (authz decides), and inputs that satisfy AWS's model.
package accessanalyzer

import (
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Options configures a Service.
type Options struct {
	// Events are those that policies are drafted from. Nil: none are kept, and drafts are empty.
	Events *events.Log

	Now   func() time.Time // nil: time.Now
	NewID func() string    // of policy generations; required for these
}

// Service has a method for each operation.
type Service struct {
	events *events.Log
	now    func() time.Time
	newID  func() string
	turns  chan struct{} // one for each comparison that is under way

	mu          sync.Mutex
	generations []*generation // the oldest first
}

// New makes a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{events: o.Events, now: o.Now, newID: o.NewID, turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Rules are the permissions of the package's operations, a row each.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamaccessanalyzer.html
func Rules() []authz.Rule {
	return []authz.Rule{
		rule[accessanalyzer.ValidatePolicyInput]("ValidatePolicy"),
		rule[accessanalyzer.CheckNoNewAccessInput]("CheckNoNewAccess"),
		rule[accessanalyzer.CheckAccessNotGrantedInput]("CheckAccessNotGranted"),
		rule[accessanalyzer.CheckNoPublicAccessInput]("CheckNoPublicAccess"),
		authz.For(startNeeds),
		rule[accessanalyzer.GetGeneratedPolicyInput]("GetGeneratedPolicy"),
		rule[accessanalyzer.ListPolicyGenerationsInput]("ListPolicyGenerations"),
		rule[accessanalyzer.CancelPolicyGenerationInput]("CancelPolicyGeneration"),
	}
}

// startNeeds: who starts a generation passes its access role, if there is one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html
func startNeeds(q *authz.Query, in *accessanalyzer.StartPolicyGenerationInput) ([]authz.Need, error) {
	list := []authz.Need{{Action: "access-analyzer:StartPolicyGeneration", Resource: everything(q)}}
	if in.CloudTrailDetails == nil {
		return list, nil
	}
	role := aws.ToString(in.CloudTrailDetails.AccessRole)
	pass := authz.Need{
		Action: "iam:PassRole", Resource: role, Keys: []authz.Key{authz.String("iam:PassedToService", "access-analyzer.amazonaws.com")},
	}
	if of, ok := q.Partition.ParseIAM(role); ok && of.AccountID == q.Account() {
		_, _, name := of.Entity()
		r, err := persistence.Roles.Get(q.Tx, of.AccountID, name)
		if err != nil && !errors.Is(err, persistence.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			pass.Tags = r.Tags
		}
	}
	return append(list, pass), nil
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
