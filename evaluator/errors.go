package evaluator

import "fmt"

// SyntaxError is returned for a document that cannot be read.
type SyntaxError struct {
	At      Position
	Message string // for people; not a text of AWS

	// for Validate, which answers with AWS's texts
	fault fault
}

// Error returns the place and the message.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("policy document, line %d, column %d: %s", e.At.Line, e.At.Column, e.Message)
}

func syntaxError(n *node, message string) error { return codedError(faultSyntax, n, message) }

func codedError(code faultCode, n *node, message string) error {
	return &SyntaxError{At: n.start, Message: message, fault: fault{code, n.start, message}}
}

// MalformedError is returned by Validate for a document that AWS would refuse
// to store. Its Message is AWS's, for the code MalformedPolicyDocument.
type MalformedError struct {
	Message string
	At      Position // the place of the fault
	Source  string   // the document; empty if the fault was not found by Validate
	Kind    Kind     // the kind as which the document was checked; NoKind if Source is empty
}

// Error returns AWS's message.
func (e *MalformedError) Error() string { return e.Message }

func malformed(at Position, message string) error { return &MalformedError{Message: message, At: at} }

// The texts for identity policies, boundaries and session policies, recorded
// unless marked otherwise.

func errSyntax(at Position) error { return malformed(at, "Syntax errors in policy.") }

// errLeadingSpace is reported for CreateRole and CreatePolicy, last in 2024. PutUserPolicy
// answered "The policy failed legacy parsing" until 2019.
func errLeadingSpace() error {
	return malformed(Position{1, 1}, "JSON strings must not have leading spaces")
}

func errOldVersion(at Position) error {
	return malformed(at, "Policy document must be version 2012-10-17 or greater.")
}

func errLegacy(at Position) error { return malformed(at, "The policy failed legacy parsing") }

func errHasPrincipal(at Position) error {
	return malformed(at, "Policy document should not specify a principal.")
}

func errBadSid(at Position) error {
	return malformed(at, "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")
}

func errSameSid(at Position) error {
	return malformed(at, "Statement IDs (SID) in a single policy must be unique.")
}

func errNoAction(at Position) error {
	return malformed(at, "Policy statement must contain actions.")
}

func errNoResource(at Position) error {
	return malformed(at, "Policy statement must contain resources.")
}

func errNoVendor(at Position) error {
	return malformed(at, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
}

func errTwoColons(at Position) error {
	return malformed(at, "Actions/Condition can contain only one colon.")
}

func errWildcardVendor(at Position) error {
	return malformed(at, "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.")
}

func errBadVendor(at Position, vendor string) error {
	return malformed(at, "Vendor "+vendor+" is not valid")
}

func errNotARN(at Position, resource string) error {
	return malformed(at, "Resource "+resource+` must be in ARN format or "*".`)
}

func errPartition(at Position, partition, arn string) error {
	return malformed(at, `Partition "`+partition+`" is not valid for resource "`+arn+`".`)
}

func errResourceVendor(at Position) error {
	return malformed(at, "Resource vendor must be fully qualified and cannot contain regexes.")
}

func errRegionIAM(at Position, resource string) error {
	return malformed(at, "IAM resource "+resource+" cannot contain region information.")
}

func errRegionS3(at Position, resource string) error {
	return malformed(at, "Resource "+resource+" can not contain region information.")
}

func errPathIAM(at Position) error {
	return malformed(at, `IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, `+
		"instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.")
}

// errLiteral is for a number, address, ARN or base-64 string that cannot be read. It is
// recorded that such documents are refused, but not with which text.
func errLiteral(at Position) error {
	return malformed(at, "The policy failed legacy parsing") // text not confirmed
}

// errOrganization is AWS Organizations' one text for everything that is wrong
// with an SCP or RCP.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html
func errOrganization(at Position) error {
	return malformed(at, "The provided policy document does not meet the requirements of the specified policy type.") // text not confirmed
}

// The texts for trust policies; those not marked are recorded or quoted in
// reports of users.

func errTrustJSON(at Position) error { return malformed(at, "This policy contains invalid Json") }

func errTrustSyntax(at Position) error {
	return malformed(at, "Syntax error in policy.") // text not confirmed
}

func errTrustVersion(at Position) error {
	return malformed(at, "The policy must contain a valid version string") // text not confirmed
}

func errTrustNoStatement(at Position) error {
	return malformed(at, "Could not parse the policy: Statement is empty!") // text not confirmed
}

func errTrustEffect(at Position, effect string) error {
	return malformed(at, "Invalid effect: "+effect) // text not confirmed
}

func errTrustOperator(at Position, operator string) error {
	return malformed(at, "Invalid Condition type : "+operator)
}

func errTrustSameSid(at Position) error {
	return malformed(at, "The Statement Ids in the policy are not unique") // text not confirmed
}

func errMissingField(at Position, field string) error {
	return malformed(at, "Missing required field "+field)
}

func errEmptyPrincipal(at Position) error {
	return malformed(at, "Missing required field Principal cannot be empty!") // text not confirmed
}

func errProhibited(at Position, field string) error {
	return malformed(at, "Has prohibited field "+field)
}

func errAllowNotPrincipal(at Position) error {
	return malformed(at, "Allow with NotPrincipal is not allowed.") // text not confirmed
}

func errTrustNotPrincipal(at Position) error {
	return malformed(at, "AssumeRole policy must not contain NotPrincipal field.") // text not confirmed
}

func errPrincipalText(at Position) error {
	return malformed(at, "Principal must be a JSON object.") // text not confirmed
}

func errStarPrincipal(at Position) error {
	return malformed(at, `AssumeRolepolicy contained an invalid principal: "STAR":"*".`)
}

// ErrInvalidPrincipal is AWS's answer to a principal that is malformed or does
// not exist. Validate knows only the first; callers use it for the second.
func ErrInvalidPrincipal(p PrincipalRef) error {
	kind := p.Type
	if kind == "Service" {
		kind = "SERVICE"
	}
	return malformed(p.At, `Invalid principal in policy: "`+kind+`":"`+p.Value+`"`)
}

func errFederated(at Position) error {
	return malformed(at, "Federated principals must be valid domain names or SAML metadata ARNs")
}

func errTrustAction(at Position) error {
	return malformed(at, "AssumeRole policy may only specify STS AssumeRole actions.")
}

func errTrustSTSAction(at Position) error {
	return malformed(at,
		"Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity")
}

func errCognito(at Position) error {
	return malformed(at, "A condition block must be present for the Cognito provider")
}

func errGoogle(at Position) error {
	return malformed(at, "Policy trusting accounts.google.com requires a StringEquals condition on an application id")
}

func errIssuer(at Position, principal, key string) error {
	return malformed(at, "Trust policy with trusted principal "+principal+
		" must evaluate, using StringEquals, StringLike or StringEqualsIgnoreCase, "+key+" which is not scoped to all.")
}
