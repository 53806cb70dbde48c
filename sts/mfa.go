package sts

// checkMFA checks the MFA device and code of a request; the caller has to give
// both or neither. It answers for a device that the caller does not have.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
func checkMFA(serialNumber, tokenCode *string) error {
	switch {
	case serialNumber == nil && tokenCode == nil:
		return nil
	case serialNumber == nil || tokenCode == nil:
		return mfaIncomplete()
	}
	return mfaNotValidated()
}
