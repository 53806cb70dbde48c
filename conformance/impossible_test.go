package conformance_test

// impossible are errors of AWS's model that this server never answers, by the
// reason.
var impossible = []struct{ code, why, operations string }{
	{"ConcurrentModification", "the store has one writer at a time: a call waits for the one before it, and is decided after it", `
		iam.AcquireRole iam.AddClientIDToOpenIDConnectProvider iam.AssociateDelegationRequest iam.CreateAccountAlias
		iam.CreateDelegationRequest iam.CreateInstanceProfile iam.CreateOpenIDConnectProvider iam.CreatePolicy iam.CreateRole
		iam.CreateSAMLProvider iam.CreateUser iam.CreateVirtualMFADevice iam.DeactivateMFADevice iam.DeleteAccountAlias
		iam.DeleteRole iam.DeleteSigningCertificate iam.DeleteUser iam.DeleteVirtualMFADevice iam.EnableMFADevice
		iam.PutAccountProperties iam.RejectDelegationRequest iam.RemoveClientIDFromOpenIDConnectProvider iam.ResyncMFADevice
		iam.SendDelegationToken iam.TagInstanceProfile iam.TagMFADevice iam.TagOpenIDConnectProvider iam.TagPolicy iam.TagRole
		iam.TagSAMLProvider iam.TagServerCertificate iam.TagUser iam.UntagInstanceProfile iam.UntagMFADevice
		iam.UntagOpenIDConnectProvider iam.UntagPolicy iam.UntagRole iam.UntagSAMLProvider iam.UntagServerCertificate
		iam.UntagUser iam.UpdateDelegationRequest iam.UpdateOpenIDConnectProvider
		iam.UpdateOpenIDConnectProviderThumbprint iam.UpdateSAMLProvider
		iam.UpdateUser iam.UploadServerCertificate iam.UploadSigningCertificate`},
	{"LimitExceeded", "the call adds nothing that is counted or measured", `
		iam.ChangePassword iam.CreateLoginProfile iam.DeactivateMFADevice iam.DeleteAccessKey iam.DeleteAccountAlias
		iam.DeleteAccountPasswordPolicy iam.DeleteGroup iam.DeleteGroupPolicy iam.DeleteInstanceProfile iam.DeleteLoginProfile
		iam.DeletePolicy iam.DeletePolicyVersion iam.DeleteRole iam.DeleteRolePolicy iam.DeleteSAMLProvider
		iam.DeleteServerCertificate iam.DeleteServiceLinkedRole iam.DeleteSigningCertificate iam.DeleteUser
		iam.DeleteUserPolicy iam.DeleteVirtualMFADevice iam.DetachGroupPolicy iam.DetachRolePolicy iam.DetachUserPolicy
		iam.GenerateCredentialReport iam.RemoveRoleFromInstanceProfile iam.RemoveUserFromGroup iam.ResyncMFADevice
		iam.SetDefaultPolicyVersion iam.UpdateAccessKey iam.UpdateAccountPasswordPolicy iam.UpdateGroup iam.UpdateLoginProfile
		iam.UpdateServerCertificate iam.UpdateSigningCertificate iam.UpdateUser`},
	{"LimitExceeded", "an account has one alias, and a new one takes the place of the old one", "iam.CreateAccountAlias"},
	{"LimitExceeded", "service-linked roles may exceed the quota of roles by 5,000: a test of package iam lets them exceed it by less",
		"iam.CreateServiceLinkedRole"},
	{"EntityTemporarilyUnmodifiable", "what is made can be changed at once, as the departures say", `
		iam.ChangePassword iam.DeactivateMFADevice iam.DeleteLoginProfile iam.EnableMFADevice iam.UpdateLoginProfile iam.UpdateUser`},
	{"NoSuchEntity", "the call names nothing that could be missing",
		"iam.CreateGroup iam.UpdateAccountPasswordPolicy iam.ListDelegationRequests"},
	{"EntityAlreadyExists", "AWS answers LimitExceeded for a role in a profile that has one, the same one too (recorded)",
		"iam.AddRoleToInstanceProfile"},
	{"EntityAlreadyExists", "AWS answers DuplicateCertificate, and takes one that the user has again (recorded)",
		"iam.UploadSigningCertificate"},
	{"EntityAlreadyExists", "AWS answers NameConflict for a role of the name", "iam.AcquireRole"},
	{"InvalidInput", "the plain faults of a PathPrefix are ValidationError", `
		iam.ListAttachedGroupPolicies iam.ListAttachedRolePolicies iam.ListAttachedUserPolicies`},
	{"InvalidInput", "the call has no member that could be invalid", "iam.GetAccountProperties"},
	{"InvalidInput", "a foreign marker is ValidationError (recorded), and there is no other member", "iam.GetServiceLastAccessedDetails"},
	{"InvalidInput", "bad members are ValidationError", "iam.ListDelegationRequests"},
	{"InvalidCertificate", "a certificate that AWS does not take is MalformedCertificate, an expired one too (recorded)",
		"iam.UploadSigningCertificate"},
	{
		"MalformedPolicyDocument",
		"the call has no policy document: AWS's model names it for a bad password policy, which is ValidationError (recorded)",
		"iam.UpdateAccountPasswordPolicy",
	},
	{"MalformedPolicyDocument", "the templates are AWS's, and what is put into them cannot break their documents", "iam.AcquireRole"},
	{"RoleTemplateDisabled", "none of the templates is disabled", "iam.AcquireRole"},
	{"NotSupportedService", "AWS answers NoSuchEntity (recorded)",
		"iam.CreateServiceSpecificCredential iam.ListServiceSpecificCredentials"},
	{"UnrecognizedPublicKeyEncoding", "another encoding than SSH and PEM is ValidationError (recorded)", "iam.GetSSHPublicKey"},
	{"UnmodifiableEntity", "AWS lets the description of a service-linked role be changed (recorded)", "iam.UpdateRoleDescription"},
	{"DeleteConflict", "the services that use a server certificate are not served", "iam.DeleteServerCertificate"},
	{"PolicyEvaluation", "every policy is in the request, and a bad one is InvalidInput", "iam.SimulateCustomPolicy"},
	{"RegionDisabledException", "every region is on: what turns one off is not an operation of IAM or STS", `
		sts.AssumeRole sts.AssumeRoleWithSAML sts.AssumeRoleWithWebIdentity sts.AssumeRoot sts.GetDelegatedAccessToken
		sts.GetFederationToken sts.GetSessionToken`},
	{"ExpiredTokenException", "the token that could have expired is the caller's, and AWS answers ExpiredToken for it (recorded)",
		"sts.AssumeRole sts.AssumeRoot"},
	{"IDPCommunicationError", "it takes an issuer that is silent until the time is up, and no test waits: a test of package sts has one",
		"sts.AssumeRoleWithWebIdentity"},
	{"IDPRejectedClaim", "a response is verified without asking the provider, who could reject it", "sts.AssumeRoleWithSAML"},
}
