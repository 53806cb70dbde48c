package saml

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

// forged is an assertion that the attacker wrote, without signature.
func (s *side) forged() *etree.Element {
	s.Helper()
	c := claims()
	c.Subject = "attacker"
	a, err := s.Assertion(c)
	if err != nil {
		s.Fatal(err)
	}
	return a
}

// lifted takes the signature out of an element.
func lifted(tb testing.TB, el *etree.Element) *etree.Element {
	tb.Helper()
	for _, c := range el.ChildElements() {
		if c.Tag == "Signature" {
			el.RemoveChild(c)
			return c
		}
	}
	tb.Fatal("no signature")
	return nil
}

// wrappings put forged content beside, around or into content that was signed.
// The first eight are those of Somorovsky and others, On Breaking SAML: Be Whoever
// You Want to Be (USENIX Security 2012), as testing tools number them.
var wrappings = map[string]func(s *side) *etree.Element{
	"1: the signed response in the signature of a forged one": func(s *side) *etree.Element {
		signed := s.sign(s.response(s.assertion()))
		evil := s.response(s.forged())
		signature := lifted(s, signed)
		evil.InsertChildAt(1, signature)
		signature.AddChild(signed)
		return evil
	},
	"2: the signed response before the signature of a forged one": func(s *side) *etree.Element {
		signed := s.sign(s.response(s.assertion()))
		evil := s.response(s.forged())
		signature := lifted(s, signed)
		evil.InsertChildAt(1, signed)
		evil.InsertChildAt(2, signature)
		return evil
	},
	"3: a forged assertion before the signed one":  func(s *side) *etree.Element { return s.response(s.forged(), s.assertion()) },
	"3b: a forged assertion behind the signed one": func(s *side) *etree.Element { return s.response(s.assertion(), s.forged()) },
	"3c: a forged assertion of the same ID": func(s *side) *etree.Element {
		a, evil := s.assertion(), s.forged()
		evil.CreateAttr("ID", attribute(a, "ID"))
		return s.response(evil, a)
	},
	"4: the signed assertion in a forged one": func(s *side) *etree.Element {
		evil := s.forged()
		evil.AddChild(s.assertion())
		return s.response(evil)
	},
	"5: the signature in the forged assertion, the signed one behind it": func(s *side) *etree.Element {
		a, evil := s.assertion(), s.forged()
		evil.InsertChildAt(1, lifted(s, a))
		return s.response(evil, a)
	},
	"6: the signed assertion in the signature of the forged one": func(s *side) *etree.Element {
		a, evil := s.assertion(), s.forged()
		signature := lifted(s, a)
		evil.InsertChildAt(1, signature)
		signature.AddChild(a)
		return s.response(evil)
	},
	"7: a forged assertion in an extension": func(s *side) *etree.Element {
		r := s.response(s.assertion())
		extensions := etree.NewElement("samlp:Extensions")
		extensions.AddChild(s.forged())
		r.InsertChildAt(1, extensions)
		return r
	},
	"8: the signed assertion in an object of the forged one's signature": func(s *side) *etree.Element {
		a, evil := s.assertion(), s.forged()
		signature := lifted(s, a)
		evil.InsertChildAt(1, signature)
		signature.CreateElement("ds:Object").AddChild(a)
		return s.response(evil)
	},
	"9: the same, with the forged assertion under the signed one's ID": func(s *side) *etree.Element {
		a, evil := s.assertion(), s.forged()
		evil.CreateAttr("ID", attribute(a, "ID"))
		signature := lifted(s, a)
		evil.InsertChildAt(1, signature)
		signature.CreateElement("ds:Object").AddChild(a)
		return s.response(evil)
	},
	"10: the signature in a forged assertion, the signed one gone": func(s *side) *etree.Element {
		evil := s.forged()
		evil.InsertChildAt(1, lifted(s, s.assertion()))
		return s.response(evil)
	},
	"11: the same under the signed one's ID": func(s *side) *etree.Element {
		a, evil := s.assertion(), s.forged()
		evil.CreateAttr("ID", attribute(a, "ID"))
		evil.InsertChildAt(1, lifted(s, a))
		return s.response(evil)
	},
	"12: a forged assertion in the response that was signed": func(s *side) *etree.Element {
		r := s.sign(s.response(s.assertion()))
		r.AddChild(s.forged())
		return r
	},
	"13: a second signature in front": func(s *side) *etree.Element {
		a := s.assertion()
		a.InsertChildAt(0, lifted(s, s.assertion()))
		return s.response(a)
	},
	"14: a reference to the forged assertion behind the good one": func(s *side) *etree.Element {
		a, evil := s.assertion(), s.forged()
		signature := lifted(s, a)
		info := find(s, signature, "SignedInfo")
		info.AddChild(find(s, signature, "Reference").Copy())
		info.ChildElements()[3].CreateAttr("URI", "#"+attribute(evil, "ID"))
		evil.InsertChildAt(1, signature)
		signature.CreateElement("ds:Object").AddChild(a)
		return s.response(evil)
	},
	"15: two SignedInfos": func(s *side) *etree.Element {
		a := s.assertion()
		signature := find(s, a, "Signature")
		signature.InsertChildAt(0, find(s, lifted(s, s.assertion()), "SignedInfo"))
		return s.response(a)
	},
	"16: a forged assertion in another one's advice": func(s *side) *etree.Element {
		a := s.assertion()
		advice := etree.NewElement("saml:Advice")
		advice.AddChild(s.forged())
		a.AddChild(advice)
		return s.response(a)
	},
	"17: a forged assertion without a namespace": func(s *side) *etree.Element {
		evil := s.forged()
		evil.Space = ""
		return s.response(evil, s.assertion())
	},
	"18: a forged encrypted assertion beside the signed one": func(s *side) *etree.Element {
		evil := etree.NewElement("saml:EncryptedAssertion")
		return s.response(evil, s.assertion())
	},
}

func TestWrappedSignatures(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	for name, wrap := range wrappings {
		t.Run(name, func(t *testing.T) {
			document := s.written(wrap(s))
			if a, err := s.verify(document); err == nil {
				t.Errorf("taken, as %s: %s", a.Subject, document)
			}
		})
	}
	if len(wrappings) < 8 {
		t.Errorf("%d attacks", len(wrappings))
	}
}

func TestDocumentsThatAreRefusedUnread(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	good := s.written(s.response(s.assertion()))
	if _, err := s.verify(good); err != nil {
		t.Fatal(err)
	}
	in := func(old, replacement string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %s in %s", old, good)
		}
		return strings.Replace(good, old, replacement, 1)
	}
	for name, document := range map[string]string{
		"nothing":             "",
		"no XML":              "SAML",
		"a document type":     "<!DOCTYPE Response>" + good,
		"an entity":           `<!DOCTYPE r [<!ENTITY a "b">]>` + in("ana", "&a;"),
		"an entity of a file": `<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + in("ana", "&a;"),
		"entities of entities": `<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>` +
			in("ana", "&c;"),
		"an entity that nobody declared":  in("ana", "&nbsp;"),
		"a document type inside":          in("<samlp:Status>", "<!DOCTYPE x><samlp:Status>"),
		"a processing instruction":        in("<samlp:Status>", "<?php x?><samlp:Status>"),
		"a second declaration":            in("<samlp:Status>", `<?xml version="1.0"?><samlp:Status>`),
		"another encoding":                `<?xml version="1.0" encoding="UTF-16"?>` + good,
		"a byte order mark":               "\ufeff" + good,
		"bytes that are not UTF-8":        in("ana", "an\xff"),
		"a character that XML has not":    in("ana", "an\x00a"),
		"text behind the root":            good + "x",
		"a second root":                   good + "<x/>",
		"an end that is missing":          strings.TrimSuffix(good, "</samlp:Response>"),
		"an end of another element":       in("</samlp:Status>", "</samlp:Statu>"),
		"an attribute twice":              in(`Version="2.0"`, `Version="2.0" Version="2.0"`),
		"an ID twice":                     in("<samlp:Status>", `<samlp:Status ID="x" x:Id="x">`),
		"a name with two colons":          in("<samlp:Status>", "<x::y/><samlp:Status>"),
		"a name that begins with a colon": in("<samlp:Status>", "<:y/><samlp:Status>"),
		"an attribute with an empty name": in(`Version="2.0"`, `:="1" Version="2.0"`),
		"a prefix that nobody declared":   strings.Replace(good, ` xmlns:samlp="`+protocolSpace+`"`, "", 1),
		"an assertion alone":              s.written(s.assertion()),
		"SAML 1.1":                        in(`Version="2.0"`, `Version="1.1"`),
		"a failure":                       in(success, "urn:oasis:names:tc:SAML:2.0:status:Requester"),
		"no status":                       in("samlp:Status>", "samlp:Statu>"),
		"two issuers":                     in("<samlp:Status>", "<saml:Issuer>x</saml:Issuer><samlp:Status>"),
		"elements in the issuer":          in(entity, "<x/>"),
		"too deep":                        in("<samlp:Status>", strings.Repeat("<x>", 100)+strings.Repeat("</x>", 100)+"<samlp:Status>"),
		"very deep":                       strings.Repeat("<x>", 20000),
		"too many elements":               in("<samlp:Status>", strings.Repeat("<x/>", maxElements)+"<samlp:Status>"),
		"too long":                        good + strings.Repeat(" ", maxText),
		"a signature elsewhere":           in("<samlp:Status>", "<x><Signature/></x><samlp:Status>"),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "no status" {
				document = strings.Replace(document, "</samlp:Status>", "</samlp:Statu>", 1)
			}
			s.refused(t, document, ErrMalformed)
		})
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(good))
	for name, text := range map[string]string{
		"another alphabet": base64.URLEncoding.EncodeToString([]byte(good + "?>?>?>")), "a strange character": "*" + encoded[1:],
		"something behind it": encoded + "====", "percent-encoded": strings.ReplaceAll(encoded, "=", "%3D") + "%3D", "XML itself": good,
		"base64 of base64": base64.StdEncoding.EncodeToString([]byte(encoded)),
	} {
		if _, err := s.provider.Verify(text); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// What an assertion must have, although it is signed.
func TestIncompleteAssertions(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	without := func(name string) func(*etree.Element) {
		return func(a *etree.Element) { el := find(t, a, name); el.Parent().RemoveChild(el) }
	}
	twice := func(name string) func(*etree.Element) {
		return func(a *etree.Element) { el := find(t, a, name); el.Parent().AddChild(el.Copy()) }
	}
	set := func(name, attribute, value string) func(*etree.Element) {
		return func(a *etree.Element) { find(t, a, name).CreateAttr(attribute, value) }
	}
	for name, change := range map[string]func(*etree.Element){
		"no subject": without("Subject"), "two subjects": twice("Subject"), "no name": without("NameID"), "two names": twice("NameID"),
		"no format":       func(a *etree.Element) { find(t, a, "NameID").RemoveAttr("Format") },
		"an empty name":   func(a *etree.Element) { find(t, a, "NameID").SetText(" ") },
		"no confirmation": without("SubjectConfirmation"), "two confirmations": twice("SubjectConfirmation"),
		"no confirmation data":               without("SubjectConfirmationData"),
		"another method":                     set("SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
		"no recipient":                       func(a *etree.Element) { find(t, a, "SubjectConfirmationData").RemoveAttr("Recipient") },
		"no expiry":                          func(a *etree.Element) { find(t, a, "SubjectConfirmationData").RemoveAttr("NotOnOrAfter") },
		"a strange expiry":                   set("SubjectConfirmationData", "NotOnOrAfter", "soon"),
		"a strange beginning of the subject": set("SubjectConfirmationData", "NotBefore", "1"),
		"no conditions":                      without("Conditions"), "two conditions": twice("Conditions"),
		"a strange beginning":     set("Conditions", "NotBefore", "2026-13-01T00:00:00Z"),
		"a strange end":           set("Conditions", "NotOnOrAfter", "never"),
		"elements in an audience": func(a *etree.Element) { find(t, a, "Audience").CreateElement("x") },
		"no authentication":       without("AuthnStatement"), "a strange authentication": set("AuthnStatement", "AuthnInstant", "x"),
		"a strange end of the session": set("AuthnStatement", "SessionNotOnOrAfter", "x"),
		"SAML 1.1":                     func(a *etree.Element) { a.CreateAttr("Version", "1.1") },
		"no time of issue":             func(a *etree.Element) { a.RemoveAttr("IssueInstant") },
		"a strange time of issue":      func(a *etree.Element) { a.CreateAttr("IssueInstant", "now") },
	} {
		t.Run(name, func(t *testing.T) { s.refused(t, s.written(s.response(s.assertion(change))), ErrMalformed) })
	}
}

func TestTimesOfAssertions(t *testing.T) {
	t.Parallel()
	s := newSide(t, rsaKey())
	for text, want := range map[string]string{
		"2026-03-01T13:00:00+01:00": "2026-03-01T12:00:00Z", "2026-03-01T12:00:00": "2026-03-01T12:00:00Z",
		"2026-03-01T12:00:00.25Z": "2026-03-01T12:00:00.25Z",
	} {
		a, err := s.verify(s.written(s.response(s.assertion(func(a *etree.Element) {
			second := find(t, a, "AuthnStatement").Copy()
			second.CreateAttr("SessionNotOnOrAfter", text)
			a.AddChild(second)
		}))))
		if err != nil {
			t.Fatal(err)
		}
		if got := a.SessionExpiry.Format("2006-01-02T15:04:05.999Z07:00"); got != want {
			t.Errorf("%s is read as %s; the earliest of two should be %s", text, got, want)
		}
	}
}
