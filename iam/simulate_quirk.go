package iam

// A simulatorQuirk is a place where AWS's policy simulator answers otherwise
// than AWS's services decide. "Recorded" means seen in answers of AWS of 2026.
// The quirks of the decision itself are the evaluator's (evaluator.Quirk).
type simulatorQuirk uint8

const (
	// quirkTrustIgnored: ResourcePolicy does not count for sts:Assume* actions,
	// not even if it denies (https://github.com/aws/aws-cli/issues/10314).
	quirkTrustIgnored simulatorQuirk = iota

	// quirkOwnerIgnored: without a ResourcePolicy it does not matter who owns a
	// resource; with one, an ARN's account or ResourceOwner says it.
	// https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
	quirkOwnerIgnored

	// quirkForeignType: an action on a resource of a type that it does not take
	// is denied, even under Allow * * (recorded). No policy counts then, so that
	// organization and boundary do not allow either (quoted in issue 70 of
	// aws-containers/amazon-ecs-exec-checker).
	quirkForeignType

	// quirkStubPrincipal: the caller's keys are few and are made of its ARN:
	// aws:userid is the ARN, or a constant without a caller, and there is no tag,
	// time, address or region (recorded). Nor are there RCPs.
	quirkStubPrincipal

	// quirkPathlessExclusion: a customer managed policy is excluded by an ARN
	// without its path, and not by its own ARN (recorded).
	quirkPathlessExclusion

	// quirkOrganization: SimulatePrincipalPolicy answers OrganizationsDecisionDetail
	// for an account that no seed has put into an organization. AWS does not;
	// but every account that was recorded was a member under FullAWSAccess, and
	// clients read the member.
	quirkOrganization
)

// has reports whether the simulation follows the quirk: all of them, or none
// if it is strict.
func (m *simulation) has(simulatorQuirk) bool { return !m.service.strict }
