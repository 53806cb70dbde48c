package evaluator

import (
	"slices"
	"strings"
)

// validateResource checks a resource-based or endpoint policy. Each service
// has texts of its own; these are IAM's where IAM has one.
func validateResource(d *Document, err error, kind Kind) error {
	if err := syntaxFault(d, err); err != nil {
		return err
	}
	checks := []check{checkEffects, checkSameSids, checkNotPrincipalEffect, checkActions, checkVendors}
	if kind == Resource {
		checks = slices.Insert(checks, 2, checkHasPrincipal)
	}
	return firstFault(d, append(checks, checkPrincipals))
}

// checkSameSids is checkSids for services that accept any string as a Sid.
func checkSameSids(d *Document) error {
	return checkDistinctSids(d, func(string) bool { return true })
}

func checkHasPrincipal(d *Document) error {
	for i := range d.Statements {
		if s := &d.Statements[i]; s.has&(hasPrincipal|hasNotPrincipal) == 0 {
			return errMissingField(s.Start, "Principal")
		}
	}
	return nil
}

// checkNotPrincipalEffect: NotPrincipal goes with Deny only.
func checkNotPrincipalEffect(d *Document) error {
	for i := range d.Statements {
		if s := &d.Statements[i]; s.has&hasNotPrincipal != 0 && s.Effect == Allow {
			return errAllowNotPrincipal(s.Start)
		}
	}
	return nil
}

// checkPrincipals finds principals whose text cannot be one.
func checkPrincipals(d *Document) error {
	for p := range d.Principals() {
		if !p.wellFormed() {
			return ErrInvalidPrincipal(p)
		}
	}
	return nil
}

// wellFormed reports whether the text may name a principal. "*" is valid only alone. Unique IDs
// are accepted unchanged: reads show them for deleted users.
func (p PrincipalRef) wellFormed() bool {
	switch p.Type {
	case "":
		return p.Value == "*"
	case "AWS":
		return p.Value == "*" || len(p.Value) == 12 && digits(p.Value) || isUniqueID(p.Value) || isPrincipalARN(p.Value)
	case "Service", "Federated", "CanonicalUser":
		return p.Value != "" && !strings.ContainsAny(p.Value, "*? ")
	}
	return false
}

func isUniqueID(s string) bool {
	return (strings.HasPrefix(s, "AIDA") || strings.HasPrefix(s, "AROA")) && alphanumeric(s)
}

// isPrincipalARN reports whether s has the form of the ARN of a user, role,
// session, federated user or account.
func isPrincipalARN(s string) bool {
	if !isARN(s) || strings.ContainsAny(s, "*?") {
		return false
	}
	parts, _ := splitARN(s, 0)
	if len(parts[4]) != 12 || !digits(parts[4]) {
		return false
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	switch parts[2] + ":" + kind {
	case "iam:root":
		return parts[5] == "root"
	case "iam:user", "iam:role", "sts:federated-user":
		return name != ""
	case "sts:assumed-role":
		role, session, _ := strings.Cut(name, "/")
		return role != "" && session != ""
	}
	return false
}

// validateOrganization checks an SCP or RCP. An RCP of a customer only denies,
// names everyone as its principal, and lists actions rather than exceptions.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
func validateOrganization(d *Document, err error, kind Kind) error {
	checks := managedChecks()
	if kind == RCP {
		checks[1] = checkRCP // in the place of checkNoPrincipal
	}
	fault := syntaxFault(d, err)
	if fault == nil {
		fault = firstFault(d, checks)
	}
	if fault != nil {
		return errOrganization(fault.(*MalformedError).At)
	}
	return nil
}

func checkRCP(d *Document) error {
	for i := range d.Statements {
		s := &d.Statements[i]
		everyone := len(s.Principals) == 1 && s.Principals[0].Value == "*" && s.Principals[0].Type == ""
		if s.Effect != Deny || !everyone || s.has&hasNotAction != 0 || slices.ContainsFunc(s.Actions, isStar) {
			return errOrganization(s.Start)
		}
	}
	return nil
}

func isStar(t Text) bool { return t.Value == "*" }
