package iam

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

// policyVersionsInUse is AWS's limit on managed policies that are in use in an account.
// It is shown but not enforced, because other limits are reached before it.
const policyVersionsInUse = 10000

// GetAccountSummary counts what is in the account and names its limits: 34
// entries, in every account (recorded).
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
func (s *Service) GetAccountSummary(ctx context.Context, _ *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
	sum := summary{account: account(ctx)}
	err := s.store.View(ctx, func(tx persistence.Tx) error {
		quotas, err := s.quotas.ofAccount(tx, sum.account)
		if err != nil {
			return err
		}
		sum.tx, sum.entries = tx, quotaEntries(quotas)
		return sum.fill()
	})
	return answer(&iam.GetAccountSummaryOutput{SummaryMap: sum.entries}, err)
}

func quotaEntries(q Quotas) map[string]int32 {
	return map[string]int32{
		"AccessKeysPerUserQuota":          int32(q.AccessKeysPerUser),
		"AssumeRolePolicySizeQuota":       int32(q.TrustPolicySize),
		"AttachedPoliciesPerGroupQuota":   int32(q.PoliciesPerGroup),
		"AttachedPoliciesPerRoleQuota":    int32(q.PoliciesPerRole),
		"AttachedPoliciesPerUserQuota":    int32(q.PoliciesPerUser),
		"GroupPolicySizeQuota":            int32(q.GroupPolicySize),
		"GroupsPerUserQuota":              int32(q.GroupsPerUser),
		"GroupsQuota":                     int32(q.GroupsPerAccount),
		"InstanceProfilesQuota":           int32(q.InstanceProfilesPerAccount),
		"PoliciesQuota":                   int32(q.PoliciesPerAccount),
		"PolicySizeQuota":                 int32(q.PolicySize),
		"PolicyVersionsInUseQuota":        policyVersionsInUse,
		"RolePolicySizeQuota":             int32(q.RolePolicySize),
		"RolesQuota":                      int32(q.RolesPerAccount),
		"ServerCertificatesQuota":         int32(q.ServerCertificatesPerAccount),
		"SigningCertificatesPerUserQuota": int32(q.CertificatesPerUser),
		"UserPolicySizeQuota":             int32(q.UserPolicySize),
		"UsersQuota":                      int32(q.UsersPerAccount),
		"VersionsPerPolicyQuota":          int32(q.VersionsPerPolicy),
	}
}

// A summary holds the entries of one account while they are counted.
type summary struct {
	tx      persistence.Tx
	account string
	entries map[string]int32
}

func (s *summary) fill() error {
	for _, e := range []struct {
		name  string
		count func() (int, error)
	}{
		{"Users", s.counted(persistence.Users.Count)},
		{"Groups", s.counted(persistence.Groups.Count)},
		{"Roles", s.counted(persistence.Roles.Count)},
		{"Policies", s.counted(persistence.Policies.Count)},
		{"InstanceProfiles", s.counted(persistence.InstanceProfiles.Count)},
		{"MFADevices", s.counted(persistence.MFADevices.Count)},
		{"MFADevicesInUse", func() (int, error) { return persistence.MFADevicesByUser.Count(s.tx, s.account) }},
		{"PolicyVersionsInUse", s.policiesInUse},
		{"ServerCertificates", s.counted(persistence.ServerCertificates.Count)},
		{"AccountPasswordPresent", s.rootPassword},
		{"AccountMFAEnabled", s.ofRoot(persistence.MFADevicesByUser.Any)},
		{"AccountAccessKeysPresent", s.ofRoot(persistence.AccessKeysByUser.Any)},
		{"AccountSigningCertificatesPresent", s.ofRoot(persistence.SigningCertificatesByUser.Any)},
		{"GlobalEndpointTokenVersion", s.globalTokenVersion},
		{"Providers", s.providers},
	} {
		n, err := e.count()
		if err != nil {
			return err
		}
		s.entries[e.name] = int32(n)
	}
	return nil
}

// providers counts the identity providers of both kinds.
func (s *summary) providers() (int, error) {
	oidc, err := persistence.OIDCProviders.Count(s.tx, s.account)
	if err != nil {
		return 0, err
	}
	saml, err := persistence.SAMLProviders.Count(s.tx, s.account)
	return oidc + saml, err
}

func (s *summary) counted(count func(persistence.Tx, string) (int, error)) func() (int, error) {
	return func() (int, error) { return count(s.tx, s.account) }
}

// ofRoot is 1 if the root user, whose ID is the account's, has any.
func (s *summary) ofRoot(any func(persistence.Tx, string, ...string) (bool, error)) func() (int, error) {
	return func() (int, error) {
		found, err := any(s.tx, s.account, s.account)
		if found {
			return 1, err
		}
		return 0, err
	}
}

// rootPassword is 1 unless the root user's password was taken away.
func (s *summary) rootPassword() (int, error) {
	_, has, err := rootLogin(s.tx, s.account)
	if has {
		return 1, err
	}
	return 0, err
}

// policiesInUse counts the managed policies, those of AWS included, that are attached or
// a permissions boundary, each once, since only its default version is in use. AWS counts
// so: there are accounts with more of them than customer managed policies, and unattached
// policies add nothing (recorded).
func (s *summary) policiesInUse() (int, error) {
	inUse, err := s.managedInUse()
	return len(inUse), err
}

// managedInUse are the ARNs of the managed policies that are in use.
func (s *summary) managedInUse() (map[string]bool, error) {
	inUse := map[string]bool{}
	err := errors.Join(
		distinct(s, persistence.AttachmentsByPolicy, inUse, func(a *persistence.Attachment) string { return a.PolicyARN }),
		distinct(s, persistence.UsersByBoundary, inUse, func(u *persistence.User) string { return u.Boundary }),
		distinct(s, persistence.RolesByBoundary, inUse, func(r *persistence.Role) string { return r.Boundary }),
	)
	return inUse, err
}

// distinct collects the first parts of an index's keys. It reads one record
// of each.
func distinct[R any](s *summary, index *persistence.Index[R], into map[string]bool, part func(*R) string) error {
	var after persistence.Key
	for {
		next := ""
		for r, err := range index.Scan(s.tx, s.account, nil, after) {
			if err != nil {
				return err
			}
			next = part(r)
			break
		}
		if next == "" {
			return nil
		}
		into[next] = true
		after = persistence.Key{next, "\xff"} // after all keys that begin so
	}
}

func (s *summary) globalTokenVersion() (int, error) {
	a, err := persistence.Accounts.Get(s.tx, s.account)
	if errors.Is(err, persistence.ErrNotFound) || err == nil && !a.GlobalTokenV2 {
		return 1, nil
	}
	return 2, err
}

// accountSummaryRules are the permissions of the operation above, which has no
// resource.
func accountSummaryRules() []authz.Rule {
	return []authz.Rule{
		authz.For(func(*authz.Query, *iam.GetAccountSummaryInput) ([]authz.Need, error) {
			return []authz.Need{{Action: "iam:GetAccountSummary", Resource: "*"}}, nil
		}),
	}
}
