package saml

import (
	"time"

	"github.com/beevik/etree"
)

// readAssertion reads an assertion that is verified. It requires what AWS was seen to require: a
// subject with the format of its name and one confirmation with recipient and expiry, conditions
// and an authentication statement.
func readAssertion(el *etree.Element) (*Assertion, error) {
	if !is(el, assertionSpace, "Assertion") || attribute(el, "Version") != "2.0" {
		return nil, malformed("it is not an assertion of SAML 2.0")
	}
	a := &Assertion{ID: attribute(el, "ID")}
	var err error
	if a.Issuer, err = issuerOf(el); err != nil {
		return nil, err
	}
	if a.IssuedAt, err = date(el, "IssueInstant"); err != nil {
		return nil, err
	}
	if a.IssuedAt.IsZero() {
		return nil, malformed("it does not say when it was issued")
	}
	for _, read := range []func(*etree.Element) error{a.readSubject, a.readConditions, a.readStatements, a.readAttributes} {
		if err := read(el); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Assertion) readSubject(el *etree.Element) error {
	subject, err := only(el, assertionSpace, "Subject")
	if err != nil {
		return err
	}
	name, err := only(subject, assertionSpace, "NameID")
	if err != nil {
		return err
	}
	if a.Subject, err = text(name); err != nil {
		return err
	}
	a.SubjectFormat = attribute(name, "Format")
	confirmation, err := only(subject, assertionSpace, "SubjectConfirmation")
	if err != nil {
		return err
	}
	data, err := only(confirmation, assertionSpace, "SubjectConfirmationData")
	if err != nil {
		return err
	}
	if a.SubjectExpiry, err = date(data, "NotOnOrAfter"); err != nil {
		return err
	}
	if _, err := date(data, "NotBefore"); err != nil {
		return err
	}
	a.Recipient = attribute(data, "Recipient")
	if a.Subject == "" || a.SubjectFormat == "" || a.Recipient == "" || a.SubjectExpiry.IsZero() ||
		attribute(confirmation, "Method") != bearer {
		return malformed("its subject is incomplete, or not confirmed for a bearer")
	}
	return nil
}

func (a *Assertion) readConditions(el *etree.Element) error {
	conditions, err := only(el, assertionSpace, "Conditions")
	if err != nil {
		return err
	}
	if a.NotBefore, err = date(conditions, "NotBefore"); err != nil {
		return err
	}
	if a.Expiry, err = date(conditions, "NotOnOrAfter"); err != nil {
		return err
	}
	for _, restriction := range children(conditions, assertionSpace, "AudienceRestriction") {
		var list []string
		for _, audience := range children(restriction, assertionSpace, "Audience") {
			name, err := text(audience)
			if err != nil {
				return err
			}
			list = append(list, name)
		}
		a.Audiences = append(a.Audiences, list)
	}
	return nil
}

func (a *Assertion) readStatements(el *etree.Element) error {
	statements := children(el, assertionSpace, "AuthnStatement")
	if len(statements) == 0 {
		return malformed("it has no authentication statement")
	}
	for _, s := range statements {
		if _, err := date(s, "AuthnInstant"); err != nil {
			return err
		}
		end, err := date(s, "SessionNotOnOrAfter")
		if err != nil {
			return err
		}
		if a.SessionExpiry.IsZero() || !end.IsZero() && end.Before(a.SessionExpiry) {
			a.SessionExpiry = end
		}
	}
	return nil
}

func (a *Assertion) readAttributes(el *etree.Element) error {
	for _, statement := range children(el, assertionSpace, "AttributeStatement") {
		for _, x := range children(statement, assertionSpace, "Attribute") {
			read := Attribute{Name: attribute(x, "Name")}
			for _, value := range children(x, assertionSpace, "AttributeValue") {
				read.Values = append(read.Values, allText(value))
			}
			a.Attributes = append(a.Attributes, read)
		}
	}
	return nil
}

// date reads an attribute that is a time; the zero time if it is missing. A time without a zone is
// in UTC, as all times of SAML are.
func date(el *etree.Element, name string) (time.Time, error) {
	value := attribute(el, name)
	if value == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, malformed("%s %q is not a time", name, value)
}
