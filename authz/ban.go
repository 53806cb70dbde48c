package authz

import "github.com/understudy-iam/understudy/principal"

// ban returns the error for a call that the caller's credentials can never
// make, whatever policies say; nil for any other call.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html#sts-regionendpoints-comparison
func (c *call) ban() error {
	switch c.rule.Service {
	case "iam":
		return c.banIAM()
	case "sts":
		return c.banSTS()
	}
	return nil
}

// banIAM: federated users cannot use IAM at all, and the credentials of
// GetSessionToken only if an MFA code was given for them.
func (c *call) banIAM() error {
	s := c.caller.Session
	if s == nil {
		return nil
	}
	if c.caller.Kind == principal.FederatedUser || s.Operation == sessionTokenOperation && s.MFAAt.IsZero() {
		return unusableToken()
	}
	return nil
}

// sessionTokenOperation is the operation whose credentials keep the identity of the user
// or root user that called it.
const sessionTokenOperation = "GetSessionToken"

// openToSessionToken are the operations of STS that credentials of GetSessionToken may
// call, besides GetCallerIdentity: the page names the first; an answer of the second was
// recorded.
var openToSessionToken = map[string]bool{"AssumeRole": true, "GetWebIdentityToken": true}

// scopedOperation narrows a session, whichever operation issued it.
const scopedOperation = "GetScopedCredentials"

func (c *call) banSTS() error {
	op, s := c.rule.Operation, c.caller.Session
	switch {
	case op == "AssumeRole" && c.caller.Kind == principal.Root && !c.a.options.RootAssumeRole:
		return rootAssumesRole()
	case op == scopedOperation && s == nil:
		return noSession()
	case s == nil || op == "GetCallerIdentity" || op == scopedOperation:
		return nil
	case op == sessionTokenOperation || op == "GetFederationToken":
		return sessionCredentials(op)
	case op == "GetWebIdentityToken" && c.caller.Kind == principal.FederatedUser:
		return noFederatedUsers(op)
	case c.caller.Kind == principal.FederatedUser, s.Operation == sessionTokenOperation && !openToSessionToken[op]:
		return NotAuthorized(c.caller.ARN, "sts:"+op, "") // text not confirmed
	}
	return nil
}
