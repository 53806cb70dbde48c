package iam

// Quotas are the limits of an account. A zero field means AWS's default, from
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.
//
// PoliciesPerAccount and PoliciesPerRole are 2000 and 20 since AWS raised its
// quotas on 19 August 2026, as a summary recorded in September 2026 has them.
type Quotas struct {
	UsersPerAccount              int
	GroupsPerAccount             int
	RolesPerAccount              int
	PoliciesPerAccount           int
	InstanceProfilesPerAccount   int
	ServerCertificatesPerAccount int
	GroupsPerUser                int
	AccessKeysPerUser            int
	CertificatesPerUser          int
	SSHPublicKeysPerUser         int
	ServiceCredentialsPerUser    int // for each service
	MFADevicesPerUser            int
	PoliciesPerUser              int
	PoliciesPerGroup             int
	PoliciesPerRole              int
	VersionsPerPolicy            int
	PolicySize                   int // characters without white space
	UserPolicySize               int // all inline policies of a user together, without white space
	GroupPolicySize              int
	RolePolicySize               int
	TrustPolicySize              int
	TagsPerEntity                int
	OIDCProvidersPerAccount      int
	SAMLProvidersPerAccount      int
	ClientIDsPerOIDCProvider     int
}

func (q Quotas) withDefaults() Quotas {
	for _, d := range []struct {
		field *int
		value int
	}{
		{&q.UsersPerAccount, 5000}, {&q.GroupsPerAccount, 300}, {&q.RolesPerAccount, 1000},
		{&q.PoliciesPerAccount, 2000}, {&q.InstanceProfilesPerAccount, 1000}, {&q.ServerCertificatesPerAccount, 20},
		{&q.GroupsPerUser, 10}, {&q.AccessKeysPerUser, 2}, {&q.CertificatesPerUser, 2},
		{&q.SSHPublicKeysPerUser, 5}, {&q.ServiceCredentialsPerUser, 2}, {&q.MFADevicesPerUser, 8},
		{&q.PoliciesPerUser, 10}, {&q.PoliciesPerGroup, 10}, {&q.PoliciesPerRole, 20}, {&q.VersionsPerPolicy, 5},
		{&q.PolicySize, 6144}, {&q.UserPolicySize, 2048}, {&q.GroupPolicySize, 5120}, {&q.RolePolicySize, 10240},
		{&q.TrustPolicySize, 2048}, {&q.TagsPerEntity, 50},
		{&q.OIDCProvidersPerAccount, 100}, {&q.SAMLProvidersPerAccount, 100}, {&q.ClientIDsPerOIDCProvider, 100},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return q
}
