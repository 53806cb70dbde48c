//go:build conformance

package conformance_test

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// goPaginators are the constructors of all paginators of the SDK for Go.
var goPaginators = []any{
	iam.NewGetAccountAuthorizationDetailsPaginator,
	iam.NewGetGroupPaginator,
	iam.NewListAccessKeysPaginator,
	iam.NewListAccountAliasesPaginator,
	iam.NewListAttachedGroupPoliciesPaginator,
	iam.NewListAttachedRolePoliciesPaginator,
	iam.NewListAttachedUserPoliciesPaginator,
	iam.NewListEntitiesForPolicyPaginator,
	iam.NewListGroupPoliciesPaginator,
	iam.NewListGroupsPaginator,
	iam.NewListGroupsForUserPaginator,
	iam.NewListInstanceProfileTagsPaginator,
	iam.NewListInstanceProfilesPaginator,
	iam.NewListInstanceProfilesForRolePaginator,
	iam.NewListMFADeviceTagsPaginator,
	iam.NewListMFADevicesPaginator,
	iam.NewListOpenIDConnectProviderTagsPaginator,
	iam.NewListPoliciesPaginator,
	iam.NewListPolicyTagsPaginator,
	iam.NewListPolicyVersionsPaginator,
	iam.NewListRolePoliciesPaginator,
	iam.NewListRoleTagsPaginator,
	iam.NewListRolesPaginator,
	iam.NewListSAMLProviderTagsPaginator,
	iam.NewListSSHPublicKeysPaginator,
	iam.NewListServerCertificateTagsPaginator,
	iam.NewListServerCertificatesPaginator,
	iam.NewListSigningCertificatesPaginator,
	iam.NewListUserPoliciesPaginator,
	iam.NewListUserTagsPaginator,
	iam.NewListUsersPaginator,
	iam.NewListVirtualMFADevicesPaginator,
	iam.NewSimulateCustomPolicyPaginator,
	iam.NewSimulatePrincipalPolicyPaginator,
}

// goWaiters are all waiters of the SDK for Go.
var goWaiters = map[string]func(context.Context, *iam.Client, string) error{
	"InstanceProfileExists": func(ctx context.Context, c *iam.Client, input string) error {
		wait := iam.NewInstanceProfileExistsWaiter(c, func(o *iam.InstanceProfileExistsWaiterOptions) {
			o.MinDelay, o.MaxDelay = patience, patience
		})
		return waitFor(ctx, input, wait.Wait)
	},
	"PolicyExists": func(ctx context.Context, c *iam.Client, input string) error {
		wait := iam.NewPolicyExistsWaiter(c, func(o *iam.PolicyExistsWaiterOptions) { o.MinDelay, o.MaxDelay = patience, patience })
		return waitFor(ctx, input, wait.Wait)
	},
	"RoleExists": func(ctx context.Context, c *iam.Client, input string) error {
		wait := iam.NewRoleExistsWaiter(c, func(o *iam.RoleExistsWaiterOptions) { o.MinDelay, o.MaxDelay = patience, patience })
		return waitFor(ctx, input, wait.Wait)
	},
	"UserExists": func(ctx context.Context, c *iam.Client, input string) error {
		wait := iam.NewUserExistsWaiter(c, func(o *iam.UserExistsWaiterOptions) { o.MinDelay, o.MaxDelay = patience, patience })
		return waitFor(ctx, input, wait.Wait)
	},
}

// patience is how long a waiter waits, and in how long it would look again: it
// looks at once or twice, and gives up.
const patience = 10 * time.Second

// waitFor waits with an input that is JSON.
func waitFor[In, Option any](ctx context.Context, input string, wait func(context.Context, *In, time.Duration, ...Option) error) error {
	var in In
	if err := json.Unmarshal([]byte(input), &in); err != nil {
		return err
	}
	return wait(ctx, &in, patience)
}
