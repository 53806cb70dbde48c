package sts

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/principal"
)

// GetCallerIdentity says whose credentials signed the request.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
//
// No permission is needed, and no policy can deny it.
func (s *Service) GetCallerIdentity(ctx context.Context, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	c := caller(ctx)
	return &sts.GetCallerIdentityOutput{
		Account: aws.String(c.AccountID), Arn: aws.String(c.ARN), UserId: aws.String(c.UserID),
	}, nil
}

func getCallerIdentityRule() authz.Rule {
	return authz.Free[sts.GetCallerIdentityInput]()
}

// GetAccessKeyInfo returns the account of an access key ID, which is part of the ID: the key may
// belong to any account, and need not exist.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
func (s *Service) GetAccessKeyInfo(_ context.Context, in *sts.GetAccessKeyInfoInput) (*sts.GetAccessKeyInfoOutput, error) {
	account, ok := principal.AccountOfAccessKey(aws.ToString(in.AccessKeyId))
	if !ok {
		return nil, malformedAccessKey(aws.ToString(in.AccessKeyId))
	}
	return &sts.GetAccessKeyInfoOutput{Account: aws.String(account)}, nil
}

func getAccessKeyInfoRule() authz.Rule {
	return authz.For(func(*authz.Query, *sts.GetAccessKeyInfoInput) ([]authz.Need, error) {
		return []authz.Need{{Action: "sts:GetAccessKeyInfo", Resource: "*"}}, nil
	})
}
