package evaluator

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode"
)

// Validate makes the checks that AWS makes when a policy of the kind is written, in AWS's
// order, and returns the first fault as a *MalformedError; nil if there is none. It checks the
// document alone: not its size (see Size) and not whether principals exist (see
// Document.Principals).
//
// A policy may have the older Version or none, unless it is a managed policy, for
// which there is ValidateManaged. A session policy may also hold numbers, dates,
// addresses and ARNs that cannot be read; they make conditions fail instead
// (recorded).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
func Validate(src string, kind Kind) error { return Validation{}.Validate(src, kind) }

// ValidateManaged makes the checks of a version of a managed policy, which are those
// of an inline policy and that its Version is 2012-10-17 (recorded).
func ValidateManaged(src string) error { return Validation{Managed: true}.Validate(src, Identity) }

// sourced notes the document of a fault in it, and the kind as which it was checked.
func sourced(src string, kind Kind, err error) error {
	var m *MalformedError
	if errors.As(err, &m) {
		m.Source, m.Kind = src, kind
	}
	return err
}

// Validation says by which rules documents are checked. The zero value has the rules of the
// function Validate.
type Validation struct {
	// Partition is the partition in which the policy is stored: resources of another one are
	// refused. "" is aws.
	Partition string

	// Managed makes the checks of ValidateManaged, for an identity-based policy.
	Managed bool
}

// Validate makes the checks of Validate by the rules of v.
func (v Validation) Validate(src string, kind Kind) error {
	return sourced(src, kind, v.check(src, kind))
}

func (v Validation) check(src string, kind Kind) error {
	doc, err := Parse(src)
	if doc != nil {
		doc.partition = cmp.Or(v.Partition, "aws")
	}
	if isIAM(kind) && leadingSpace(src) {
		return errLeadingSpace()
	}
	switch kind {
	case Trust:
		return validateTrust(doc, err)
	case SCP, RCP:
		return validateOrganization(doc, err, kind)
	case Resource, VPCEndpoint:
		return validateResource(doc, err, kind)
	}
	if kind == Session {
		if fault := parserFault(err); fault != nil {
			return fault
		}
	}
	if err := syntaxFault(doc, err); err != nil {
		return err
	}
	if v.Managed {
		return firstFault(doc, managedChecks())
	}
	return firstFault(doc, identityChecks(kind))
}

// isIAM reports whether IAM and STS take documents of the kind themselves.
func isIAM(kind Kind) bool {
	return kind == Identity || kind == Boundary || kind == Session || kind == Trust
}

// leadingSpace reports whether a document, which is not empty, begins with white
// space.
func leadingSpace(src string) bool {
	rest := strings.TrimLeft(src, " \t\r\n")
	return rest != "" && len(rest) < len(src)
}

// check returns the first fault of one kind in a document.
type check func(*Document) error

func firstFault(d *Document, checks []check) error {
	for _, c := range checks {
		if err := c(d); err != nil {
			return err
		}
	}
	return nil
}

// identityChecks are in the order in which AWS was observed to make them.
func identityChecks(kind Kind) []check {
	if kind == Session {
		return []check{
			checkEffects, checkNoPrincipal, checkBinary, checkSids, checkActions, checkResources, checkHasResources, checkVendors,
		}
	}
	return []check{checkNoPrincipal, checkLegacy, checkLiterals, checkSids, checkActions, checkResources, checkHasResources, checkVendors}
}

// managedChecks are those of a managed policy, an SCP and an RCP, whose version
// counts.
func managedChecks() []check { return slices.Insert(identityChecks(Identity), 0, checkVersion) }

// syntaxFault returns what makes a document unreadable.
func syntaxFault(d *Document, err error) error {
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		return errSyntax(syntax.At)
	}
	for _, f := range d.faults {
		if f.code != faultEffectCase {
			return errSyntax(f.at)
		}
	}
	return nil
}

func checkVersion(d *Document) error {
	if d.Version != Version2012 {
		return errOldVersion(d.version)
	}
	return nil
}

func checkNoPrincipal(d *Document) error {
	for i := range d.Statements {
		if s := &d.Statements[i]; s.has&(hasPrincipal|hasNotPrincipal) != 0 {
			return errHasPrincipal(s.Start)
		}
	}
	return nil
}

// checkEffects refuses an Effect in the wrong case.
func checkEffects(d *Document) error {
	for _, f := range d.faults {
		if f.code == faultEffectCase {
			return errLegacy(f.at)
		}
	}
	return nil
}

// checkLegacy finds what AWS's older parser refuses: an Effect in the wrong
// case, a Version after a Statement that is an object (reported), dates that
// cannot be read, and ARNs of the partition with an empty service or with too few
// parts and an empty one among them.
func checkLegacy(d *Document) error {
	if err := checkEffects(d); err != nil {
		return err
	}
	if d.versionLate {
		return errLegacy(d.version)
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		for j := range s.Conditions {
			if err := checkValues(&s.Conditions[j], familyDate); err != nil {
				return errLegacy(s.Conditions[j].At)
			}
		}
		for _, r := range slices.Concat(s.Resources, s.NotResources) {
			parts, n := splitParts(r.Value, variables)
			short := n < arnParts && strings.Contains(r.Value, "::")
			if d.isPartition(parts[1]) && (short || n == arnParts && parts[2] == "") {
				return errLegacy(r.At)
			}
		}
	}
	return nil
}

// checkLiterals finds values that do not fit their operator.
func checkLiterals(d *Document) error {
	return checkConditions(d, familyNumeric, familyIP, familyARN, familyBinary)
}

func checkBinary(d *Document) error { return checkConditions(d, familyBinary) }

func checkConditions(d *Document, families ...family) error {
	for i := range d.Statements {
		for j := range d.Statements[i].Conditions {
			if err := checkValues(&d.Statements[i].Conditions[j], families...); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkValues refuses values of a condition that an operator of the families
// cannot read.
func checkValues(c *Condition, families ...family) error {
	op, _ := parseOperator(c.Operator) // Parse has refused unknown ones
	if !slices.Contains(families, op.family) {
		return nil
	}
	for _, v := range c.Values {
		if !op.family.reads(v.Value) {
			return errLiteral(v.At)
		}
	}
	return nil
}

// reads reports whether the family can read a value of a policy. An ARN with a
// variable may be anything.
func (f family) reads(value string) bool {
	ok := true
	switch f {
	case familyNumeric:
		_, ok = parseNumber(value)
	case familyDate:
		_, ok = parseDate(value)
	case familyIP:
		_, ok = parseNetwork(value)
	case familyBinary:
		ok = isBase64(value)
	case familyARN:
		ok = compileARN(value, wildcards|variables).ok || strings.Contains(value, "${")
	}
	return ok
}

func checkSids(d *Document) error { return checkDistinctSids(d, alphanumeric) }

// checkDistinctSids refuses a Sid that is not valid, and one that two statements have.
func checkDistinctSids(d *Document, valid func(sid string) bool) error {
	seen := make(map[string]bool)
	for i := range d.Statements {
		s := &d.Statements[i]
		if !valid(s.Sid) {
			return errBadSid(s.Start)
		}
		if s.Sid != "" && seen[s.Sid] {
			return errSameSid(s.Start)
		}
		seen[s.Sid] = true
	}
	return nil
}

func alphanumeric(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := lowerByte(s[i]); (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func checkActions(d *Document) error {
	for i := range d.Statements {
		if s := &d.Statements[i]; len(s.Actions)+len(s.NotActions) == 0 {
			return errNoAction(s.Start)
		}
	}
	return nil
}

func checkVendors(d *Document) error {
	for i := range d.Statements {
		s := &d.Statements[i]
		for _, a := range slices.Concat(s.Actions, s.NotActions) {
			if err := checkVendor(a); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkVendor(a Text) error {
	if a.Value == "*" {
		return nil
	}
	vendor, name, ok := strings.Cut(a.Value, ":")
	switch {
	case !ok:
		return errNoVendor(a.At)
	case strings.Contains(name, ":"):
		return errTwoColons(a.At)
	case vendor == "*":
		return nil
	case strings.ContainsAny(vendor, "*?"):
		return errWildcardVendor(a.At)
	case vendor == "" || strings.ContainsFunc(vendor, notInVendor):
		return errBadVendor(a.At, vendor)
	}
	return nil
}

// notInVendor reports whether r may not be in an action's prefix, which
// holds letters, digits, hyphens and points.
func notInVendor(r rune) bool {
	return r != '-' && r != '.' && (r > unicode.MaxASCII || !alphanumeric(string(r)))
}

func checkHasResources(d *Document) error {
	for i := range d.Statements {
		if s := &d.Statements[i]; len(s.Resources)+len(s.NotResources) == 0 {
			return errNoResource(s.Start)
		}
	}
	return nil
}

// checkResources checks each statement's list in the order in which it is written (recorded).
func checkResources(d *Document) error {
	for i := range d.Statements {
		s := &d.Statements[i]
		list := slices.Concat(s.Resources, s.NotResources)
		slices.SortFunc(list, func(a, b Text) int { return cmp.Compare(a.Value, b.Value) })
		for _, r := range list {
			if err := d.checkResource(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// isPartition reports whether the part of an ARN is the partition in which the
// document is written, or a pattern or a variable that may be it. Another partition
// is refused as one that does not exist (seen for aws in aws-cn, aws-us-gov and
// aws-eusc, from 2016 to 2026), and so is a name such as ${PARTITION} that is not
// a variable of policies (reported).
func (d *Document) isPartition(part string) bool {
	variable := strings.HasPrefix(part, "${") && strings.Contains(part, ":")
	return part == d.partition || variable || strings.ContainsAny(part, "*?")
}

func (d *Document) checkResource(r Text) error {
	if r.Value == "*" {
		return nil
	}
	parts, n := splitParts(r.Value, variables)
	switch {
	case n == 1 && strings.HasPrefix(r.Value, "${"):
		return nil // a variable may be the whole ARN (recorded)
	case n == 1:
		return errNotARN(r.At, r.Value)
	case !d.isPartition(parts[1]):
		parts[0] = "arn"
		return errPartition(r.At, parts[1], strings.Join(parts[:], ":"))
	case n == 2 || strings.ContainsAny(parts[2], "*?"):
		return errResourceVendor(r.At)
	case parts[2] == "iam":
		return checkIAMResource(r, parts, n)
	case parts[2] == "s3" && n == arnParts && parts[3] != "" && !beginsWith(parts[5], regionalS3):
		return errRegionS3(r.At, r.Value)
	}
	return nil
}

// pathsIAM are the kinds of IAM resources that a policy may name. AWS's refusal of others does
// not list the last two: AWS accepts role templates (recorded), and documents delegation
// requests.
var pathsIAM = []string{"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/",
	"policy/", "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
	"role-template/", "delegation-request/"}

func checkIAMResource(r Text, parts [arnParts]string, n int) error {
	if parts[3] != "" && parts[3] != "*" {
		return errRegionIAM(r.At, r.Value)
	}
	if n < arnParts || parts[5] == "root" || strings.HasPrefix(parts[5], "*") || strings.HasPrefix(parts[5], "${") {
		return nil
	}
	if beginsWith(parts[5], pathsIAM) {
		return nil
	}
	return errPathIAM(r.At)
}

func beginsWith(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// regionalS3 are the kinds of S3 resources whose ARN has a region: access
// points (recorded), and the others of
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
// (AWS's managed policies name access grants so).
var regionalS3 = []string{"accesspoint/", "access-grants/", "async-request/", "job/", "storage-lens/", "storage-lens-group/"}
