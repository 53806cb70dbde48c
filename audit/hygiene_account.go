package audit

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/persistence"
)

func accountChecks() []Check {
	return []Check{
		{
			ID: "audit-role", Severity: Info, Title: "Nobody has the policy SecurityAudit",
			Why:        "Who looks into security takes wider rights instead, such as those of an administrator.",
			References: []string{"Prowler iam_securityaudit_role_created"}, run: heldBySomebody("SecurityAudit", "SecurityAudit"),
		},
		{
			ID: "central-root", Severity: Low, Title: "The root users of the organization are not managed centrally",
			Why:        "Each member account has a root user with credentials of its own, which no policy of the account limits.",
			References: []string{"CIS 7.0 2.1.1", "Prowler iam_root_credentials_management_enabled"}, run: centralRoot,
		},
		{
			ID: "expired-certificate", Severity: Medium, Title: "A server certificate has expired",
			Why:        "It may be put on a load balancer by mistake, and then clients refuse the connection.",
			References: []string{"CIS 6.0 2.18", "FSBP IAM.26", "Prowler iam_no_expired_server_certificates_stored"}, run: expired,
		},
		{
			ID: "federation", Severity: Info, Title: "People sign in with passwords of IAM, and the account has no identity provider",
			Why:        "Who leaves has to be removed in each account by hand, and may be forgotten.",
			References: []string{"CIS 6.0 2.20", "Prowler iam_check_saml_providers_sts"}, run: federation,
		},
		{
			ID: "guardrails", Severity: Info, Title: "No policy of the organization limits the account",
			Why: "Its administrators can turn off whatever watches over the account.", References: []string{"CIS 7.0 2.1.2"}, run: guardrails,
		},
		{
			ID: "support-role", Severity: Low, Title: "Nobody has the policy AWSSupportAccess",
			Why:        "In an incident somebody must be able to write to AWS's support without the rights of an administrator.",
			References: []string{"CIS 6.0 2.16", "FSBP IAM.18", "Prowler iam_support_role_created"},
			run:        heldBySomebody("AWSSupportAccess", "Support"),
		},
		{
			ID: "untagged", Severity: Info, Title: "Users or roles have no tags", References: []string{"FSBP IAM.24", "FSBP IAM.25"},
			Why: "Nobody knows whose they are when it is to be decided whether they are still needed.", run: untagged,
		},
	}
}

// heldBySomebody makes a check that an AWS managed policy is attached; the fix makes a role.
func heldBySomebody(policy, role string) func(*state, *Check) error {
	return func(s *state, c *Check) error {
		arn := s.o.Partition.AWSPolicy(policy)
		held, err := persistence.AttachmentsByPolicy.Any(s.tx, s.o.Account, arn)
		if err != nil || held {
			return err
		}
		trust, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": "Allow", "Principal": map[string]string{"AWS": s.own.Root()}, "Action": "sts:AssumeRole",
			"Condition": map[string]any{"Bool": map[string]string{"aws:MultiFactorAuthPresent": "true"}},
		}}})
		if err != nil {
			return err
		}
		has, err := persistence.Roles.Has(s.tx, s.o.Account, role)
		if err != nil {
			return err
		}
		if has {
			role += "-audit"
		}
		s.find(c, Finding{
			Principal: s.own.Root(), Resource: arn, Evidence: []Evidence{fact("The policy is attached to no user, group or role.")},
			Fix: []string{
				aws("create-role", "--role-name", role, "--assume-role-policy-document", string(trust)),
				aws("attach-role-policy", "--role-name", role, "--policy-arn", arn),
			},
			Advice: "Then allow sts:AssumeRole on the role to those who are to use it.",
		})
		return nil
	}
}

func expired(s *state, c *Check) error {
	return each(persistence.ServerCertificates.Scan(s.tx, s.o.Account, nil, nil), func(cert *persistence.ServerCertificate) {
		if s.o.Now.Before(cert.Expiration) {
			return
		}
		s.find(c, Finding{
			Principal: s.own.Root(), Resource: s.own.Entity("server-certificate", cert.Path, cert.Name),
			Evidence: []Evidence{fact("It expired on " + day(cert.Expiration) + ".")},
			Fix:      []string{aws("delete-server-certificate", "--server-certificate-name", cert.Name)},
			Advice:   "If it is still in use, upload a new certificate first.",
		})
	})
}

func federation(s *state, c *Check) error {
	saml, err := persistence.SAMLProviders.Count(s.tx, s.o.Account)
	if err != nil {
		return err
	}
	oidc, err := persistence.OIDCProviders.Count(s.tx, s.o.Account)
	if err != nil || saml+oidc > 0 {
		return err
	}
	in, err := s.things()
	if err != nil {
		return err
	}
	n := 0
	for _, u := range in.users {
		if u.login != nil {
			n++
		}
	}
	if n > 0 {
		s.find(c, Finding{
			Principal: s.own.Root(), Evidence: []Evidence{fact(fmt.Sprintf("%d users have a password.", n))},
			Advice: "Let people sign in by IAM Identity Center or another identity provider, and assume roles.",
		})
	}
	return nil
}

func centralRoot(s *state, c *Check) error {
	o, member, err := persistence.OrganizationOf(s.tx, s.o.Account)
	if err != nil || o == nil || member.Management != s.o.Account || len(o.Accounts) < 2 ||
		slices.Contains(o.RootFeatures, "RootCredentialsManagement") {
		return err
	}
	f := Finding{
		Principal: s.own.Root(), Evidence: []Evidence{fact(fmt.Sprintf("The organization %s has %d member accounts.", o.ID, len(o.Accounts)-1))},
		Fix: []string{aws("enable-organizations-root-credentials-management")},
	}
	if o.NoTrustedAccess {
		f.Advice = "Enable trusted access for IAM in AWS Organizations first."
	}
	s.find(c, f)
	return nil
}

func guardrails(s *state, c *Check) error {
	o, err := s.o.Authorizer.Organization(s.tx, s.o.Account)
	if err != nil || o == nil || o.Management == s.o.Account {
		return err
	}
	n := 0
	for i := range o.SCP {
		for _, p := range slices.Concat(o.SCP[i], o.RCP[i]) {
			if !isFullAccess(p.Document().Source()) {
				n++
			}
		}
	}
	if n == 0 {
		s.find(c, Finding{
			Principal: s.own.Root(), Evidence: []Evidence{fact("Only FullAWSAccess and RCPFullAWSAccess apply to the account.")},
			Advice: "Attach a service control policy to its organizational unit, such as one that denies to leave the organization.",
		})
	}
	return nil
}

// isFullAccess reports whether a document is one of those with which AWS Organizations begins.
func isFullAccess(document string) bool {
	return document == authz.FullAWSAccessDocument || document == authz.RCPFullAWSAccessDocument
}

func untagged(s *state, c *Check) error {
	in, err := s.things()
	if err != nil {
		return err
	}
	var names []string
	for _, u := range in.users {
		if len(u.user.Tags) == 0 {
			names = append(names, u.arn+" has no tags.")
		}
	}
	for _, r := range in.roles {
		if len(r.role.Tags) == 0 && !r.isLinked() {
			names = append(names, r.arn+" has no tags.")
		}
	}
	if len(names) > 0 {
		s.find(c, Finding{
			Principal: s.own.Root(), Evidence: facts(names, "users and roles"),
			Advice: "Give each the tags by which you find its owner, with aws iam tag-user and aws iam tag-role.",
		})
	}
	return nil
}
