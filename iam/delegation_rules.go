package iam

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// delegationRules are the permissions of the operations on delegation requests. The owner
// of a request has most of them without a policy, and everybody has those by which a
// request gets an owner; an explicit Deny counts nevertheless. To approve a request needs
// a policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-temporary-delegation.html#temporary-delegation-managing-permissions
func delegationRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(q *authz.Query, in *iam.CreateDelegationRequestInput) ([]authz.Need, error) {
			keys := []authz.Key{
				authz.String("iam:NotificationChannel", aws.ToString(in.NotificationChannel)),
				authz.String("iam:DelegationDuration", strconv.Itoa(int(aws.ToInt32(in.SessionDuration)))),
			}
			if p := in.Permissions; p != nil && p.PolicyTemplateArn != nil {
				keys = append(keys, authz.String("iam:TemplateArn", *p.PolicyTemplateArn))
			}
			return []authz.Need{{
				Action: "iam:CreateDelegationRequest", Resource: q.Own().IAM(delegationResource + "*"), Keys: keys,
			}}, nil
		}),
		authz.For(func(q *authz.Query, in *iam.GetDelegationRequestInput) ([]authz.Need, error) {
			return delegationNeeds(q, "iam:GetDelegationRequest", in.DelegationRequestId, everybodyUntilOwned)
		}),
		authz.For(func(q *authz.Query, in *iam.GetHumanReadableSummaryInput) ([]authz.Need, error) {
			id, err := delegationID(aws.ToString(in.EntityArn))
			if err != nil {
				return nil, err
			}
			return delegationNeeds(q, "iam:GetHumanReadableSummary", &id, everybodyUntilOwned)
		}),
		authz.For(func(q *authz.Query, in *iam.AssociateDelegationRequestInput) ([]authz.Need, error) {
			return delegationNeeds(q, "iam:AssociateDelegationRequest", in.DelegationRequestId, everybodyUntilOwned)
		}),
		authz.For(func(q *authz.Query, in *iam.UpdateDelegationRequestInput) ([]authz.Need, error) {
			return delegationNeeds(q, "iam:UpdateDelegationRequest", in.DelegationRequestId, ownerOnly)
		}),
		authz.For(func(q *authz.Query, in *iam.AcceptDelegationRequestInput) ([]authz.Need, error) {
			return delegationNeeds(q, "iam:AcceptDelegationRequest", in.DelegationRequestId, nobodyByDefault)
		}),
		authz.For(func(q *authz.Query, in *iam.RejectDelegationRequestInput) ([]authz.Need, error) {
			return delegationNeeds(q, "iam:RejectDelegationRequest", in.DelegationRequestId, ownerOnly)
		}),
		authz.For(func(q *authz.Query, in *iam.SendDelegationTokenInput) ([]authz.Need, error) {
			return delegationNeeds(q, "iam:SendDelegationToken", in.DelegationRequestId, ownerOnly)
		}),
		authz.For(func(q *authz.Query, in *iam.ListDelegationRequestsInput) ([]authz.Need, error) {
			need := authz.Need{Action: "iam:ListDelegationRequests", Resource: "*"}
			if in.OwnerId != nil {
				need.Keys = []authz.Key{authz.String("iam:DelegationRequestOwner", *in.OwnerId)}
				if *in.OwnerId == q.Caller.ARN {
					need.ResourcePolicy = grantTo(*in.OwnerId, need.Action)
				}
			}
			return []authz.Need{need}, nil
		}),
	}
}

// Who may do something with a request without a policy.
const (
	nobodyByDefault = iota
	ownerOnly
	everybodyUntilOwned // and its owner then
)

// delegationNeeds asks for action on a delegation request, which belongs to its owner's
// account, if it has one.
func delegationNeeds(q *authz.Query, action string, id *string, byDefault int) ([]authz.Need, error) {
	need := authz.Need{Action: action, Resource: q.Own().IAM(delegationResource + aws.ToString(id))}
	r, err := persistence.FindDelegationRequest(q.Tx, q.Account(), aws.ToString(id))
	if errors.Is(err, persistence.ErrNotFound) {
		return []authz.Need{need}, nil
	}
	if err != nil {
		return nil, err
	}
	if r.OwnerAccount != "" && r.OwnerAccount != q.Account() {
		need.Owner, need.Resource = r.OwnerAccount, q.Partition.IAM(r.OwnerAccount, delegationResource+r.ID)
		return []authz.Need{need}, nil
	}
	if r.OwnerID != "" {
		need.Keys = []authz.Key{authz.String("iam:DelegationRequestOwner", r.OwnerID)}
	}
	switch {
	case byDefault == everybodyUntilOwned && r.OwnerID == "":
		need.ResourcePolicy = grantTo("*", action)
	case byDefault != nobodyByDefault && r.OwnerID == q.Caller.ARN:
		need.ResourcePolicy = grantTo(r.OwnerID, action)
	}
	return []authz.Need{need}, nil
}

// grantTo is a resource policy that lets a principal do something.
func grantTo(arn, action string) string {
	name, err := json.Marshal(arn)
	if err != nil {
		panic("iam: a principal's ARN: " + err.Error()) // text is always JSON
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":` + string(name) + `},"Action":"` + action +
		`","Resource":"*"}]}`
}
