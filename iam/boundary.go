package iam

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/persistence"
)

// boundaryOut is the PermissionsBoundary member of an answer. Its type is sent
// as "Policy"; AWS does so, seen in recorded answers, against its own model,
// whose only value is PermissionsBoundaryPolicy.
func boundaryOut(arn string) *types.AttachedPermissionsBoundary {
	if arn == "" {
		return nil
	}
	return &types.AttachedPermissionsBoundary{
		PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: aws.String(arn),
	}
}

// checkBoundary refuses an ARN that cannot be a permissions boundary.
func (s *Service) checkBoundary(tx persistence.Tx, account, arn string) error {
	if arn == "" {
		return nil
	}
	return s.checkManagedPolicy(tx, account, arn)
}

// checkManagedPolicy refuses an ARN that is no managed policy which can be a
// permissions boundary.
func (s *Service) checkManagedPolicy(tx persistence.Tx, account, arn string) error {
	if err := checkPolicyARN(arn); err != nil {
		return err
	}
	_, err := findPolicy(tx, account, arn)
	if errors.Is(err, persistence.ErrNotFound) {
		return noSuchScope(arn)
	}
	return err
}
