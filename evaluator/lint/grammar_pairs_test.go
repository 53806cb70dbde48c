package lint_test

import (
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/evaluator/lint"
)

// plain is a statement without a fault.
const plain = `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}`

// put is plain with other text in the place of some.
func put(wrong, right string) string { return strings.Replace(plain, wrong, right, 1) }

var grammarPairs = map[lint.Code]pair{
	lint.DataTypeMismatch:     {document: one(put(`"Allow"`, `1`)), wrong: `1,`, right: `"Deny",`},
	lint.EmptyArrayAction:     {document: one(put(`"s3:GetObject"`, `[]`)), wrong: `[]`, right: `["s3:GetObject"]`},
	lint.EmptyArrayResource:   {document: one(put(`"arn:aws:s3:::reports/*"`, `[]`)), wrong: `[]`, right: `["*"]`},
	lint.EmptyObjectCondition: {document: one(put(`}`, `, "Condition": {}}`)), wrong: `, "Condition": {}`, right: ``},
	lint.EmptyArrayPrincipal: {
		kind: evaluator.Resource, document: one(put(`}`, `, "Principal": {"AWS": []}}`)),
		wrong: `[]`, right: `["111122223333"]`,
	},
	lint.EmptyObjectPrincipal: {
		kind: evaluator.Resource, document: one(put(`}`, `, "Principal": {}}`)), wrong: `{}`, right: `{"AWS": "111122223333"}`,
	},
	lint.EmptySidValue:        {document: one(put(`{`, `{"Sid": "", `)), wrong: `""`, right: `"Read"`},
	lint.InvalidEffect:        {document: one(put(`Allow`, `allow`)), wrong: `allow`, right: `Allow`},
	lint.InvalidPolicyElement: {document: one(put(`Action`, `Actions`)), wrong: `Actions`, right: `Action`},
	lint.InvalidVersion: {
		document: strings.Replace(one(plain), `2012-10-17`, `2012-10-18`, 1), wrong: `2012-10-18`, right: `2012-10-17`,
	},
	lint.JSONSyntaxError:  {document: one(plain) + `}`, wrong: `]}}`, right: `]}`},
	lint.MissingAction:    {document: one(put(`"Action": "s3:GetObject", `, ``)), wrong: `"Resource"`, right: `"Action": "*", "Resource"`},
	lint.MissingEffect:    {document: one(put(`"Effect": "Allow", `, ``)), wrong: `"Action"`, right: `"Effect": "Deny", "Action"`},
	lint.MissingPrincipal: {kind: evaluator.Resource, document: one(plain), wrong: `"Action"`, right: `"Principal": "*", "Action"`},
	lint.MissingResource: {
		document: one(`{"Effect": "Allow", "Action": "s3:GetObject"}`), wrong: `"Action"`, right: `"Resource": "*", "Action"`,
	},
	lint.MissingStatement: {document: `{"Version": "2012-10-17"}`, wrong: `"}`, right: `", "Statement": [` + plain + `]}`},
	lint.MissingVersion: {
		document: `{"Statement": [` + plain + `]}`, wrong: `{"St`, right: `{"Version": "2012-10-17", "St`,
	},
	lint.UniqueSidsRecommended: {
		document: one(put(`{`, `{"Sid": "A", `), put(`{`, `{"Sid": "A", `)), wrong: `"A"`, right: `"B"`,
	},
	lint.UniqueSidsRequired: {
		kind: evaluator.Session, document: one(put(`{`, `{"Sid": "A", `), put(`{`, `{"Sid": "A", `)), wrong: `"A"`, right: `"B"`,
	},
	lint.UnsupportedElementCombination: {
		document: one(put(`}`, `, "NotAction": "s3:*"}`)), wrong: `, "NotAction": "s3:*"`, right: ``,
	},
	lint.UnsupportedSid:  {document: one(put(`{`, `{"Sid": "read all", `)), wrong: `read all`, right: `ReadAll`},
	lint.DuplicateMember: {document: one(put(`}`, `, "Effect": "Deny"}`)), wrong: `, "Effect": "Deny"`, right: ``},
	lint.Refused:         {document: ` ` + one(plain), wrong: ` {`, right: `{`},
}
