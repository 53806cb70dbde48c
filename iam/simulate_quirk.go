package iam

// A simulatorQuirk is a point in which AWS's policy simulator differs from the decisions
// of AWS's services. "Recorded" means seen in answers of AWS of 2026. The quirks of the
// decision itself are the evaluator's (evaluator.Quirk).
type simulatorQuirk uint8

const (
	// quirkTrustIgnored: ResourcePolicy does not count for sts:Assume* actions,
	// not even if it denies (https://github.com/aws/aws-cli/issues/10314).
	quirkTrustIgnored simulatorQuirk = iota

	// quirkOwnerIgnored: without a ResourcePolicy the owner of a resource does not
	// matter; with one, the owner is the account in the ARN, or ResourceOwner.
	// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
	quirkOwnerIgnored

	// quirkForeignType: an action on a resource of a type that it does not accept is
	// denied, even under Allow * * (recorded). No policy counts then, so organization and
	// boundary do not allow it either (quoted in issue 70 of
	// aws-containers/amazon-ecs-exec-checker).
	quirkForeignType

	// quirkStubPrincipal: the caller has few keys, which are made from its ARN:
	// aws:userid is the ARN, or a constant without a caller. There are no tags, time,
	// address or region (recorded), and no RCPs.
	quirkStubPrincipal

	// quirkPathlessExclusion: a customer managed policy is excluded by its ARN without
	// the path, but not by its real ARN (recorded).
	quirkPathlessExclusion

	// quirkOrganization: SimulatePrincipalPolicy answers OrganizationsDecisionDetail for
	// an account that no seed has put into an organization. AWS does not, but every
	// account that was recorded was in an organization with FullAWSAccess, and clients
	// read that member.
	quirkOrganization
)

// has reports whether the simulation follows the quirk. A strict simulation follows none,
// others follow all.
func (m *simulation) has(simulatorQuirk) bool { return !m.service.strict }
