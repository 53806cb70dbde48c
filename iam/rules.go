package iam

import (
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// Rules are the permissions of the package's operations, a row each. The rows
// stand beside the operations.
func Rules() []authz.Rule {
	return slices.Concat(
		userRules(),
	)
}

// userNeeds is the permission for an operation on a user, the caller by default.
func userNeeds(q *authz.Query, action string, name *string) ([]authz.Need, error) {
	need, err := userNeed(q, action, name)
	return []authz.Need{need}, err
}

// userNeed asks for action on the user of that name. The resource is the ARN of
// the user that exists, with its path, its tags and its boundary; for a name
// that nobody has, the ARN it would have at the root path.
func userNeed(q *authz.Query, action string, name *string) (authz.Need, error) {
	if name == nil {
		if q.Caller.Kind != principal.User {
			return authz.Need{Action: action, Resource: q.Caller.ARN}, nil
		}
		name = &q.Caller.Name
	}
	return identityNeed(q, userKind, action, *name)
}

// identityNeed asks for action on a user, group or role; iam:PermissionsBoundary
// is the boundary that it has now.
func identityNeed(q *authz.Query, kind *identityKind, action, name string) (authz.Need, error) {
	i, err := kind.find(q.Tx, q.Account(), name)
	if errors.Is(err, persistence.ErrNotFound) {
		return authz.Need{Action: action, Resource: principal.IAM(q.Account(), kind.noun+"/"+name)}, nil
	}
	if err != nil {
		return authz.Need{}, err
	}
	i.kind, i.account = kind, q.Account()
	need := authz.Need{Action: action, Resource: i.arn(), Tags: i.tags}
	if i.boundary != "" {
		need.Keys = append(need.Keys, authz.String("iam:PermissionsBoundary", i.boundary))
	}
	return need, nil
}

// listNeed asks for a list of the account: its resource is all of the kind
// under the path prefix, shown without a star.
func listNeed(q *authz.Query, action, noun string, pathPrefix *string) authz.Need {
	prefix := "/"
	if pathPrefix != nil {
		prefix = *pathPrefix
	}
	return authz.Need{Action: action, Resource: principal.IAM(q.Account(), noun+prefix)}
}

// createNeeds asks for the creation of arn and, if tags are passed, for tagging
// it; iam:PermissionsBoundary is the boundary that is passed.
func createNeeds(create, tag, arn string, tags []types.Tag, boundary *string) []authz.Need {
	keys := authz.RequestTags(tagRecords(tags))
	if boundary != nil {
		keys = append(keys, authz.String("iam:PermissionsBoundary", aws.ToString(boundary)))
	}
	needs := []authz.Need{{Action: create, Resource: arn, Keys: keys}}
	if len(tags) > 0 {
		needs = append(needs, authz.Need{Action: tag, Resource: arn, Keys: keys})
	}
	return needs
}
