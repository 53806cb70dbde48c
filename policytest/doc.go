// Package policytest runs tests of policies that are written in YAML: a state, and what
// principals may and may not do in it.
//
//	state: account.json             # a seed, an account dump or a plan of Terraform
//	allow:
//	  - principal: role/app
//	    action: [s3:GetObject, s3:PutObject]
//	    resource: arn:aws:s3:::reports/2026.csv
//	deny:
//	  - principal: [alice, bob]
//	    action: iam:*
//	    resource: "*"
//	    because: scp
//	nobody-but:
//	  - principal: role/admin-*
//	    action: iam:CreateUser
//	grants-nothing-new-over:
//	  - policy: app.json
//	    baseline: approved.json
//
// docs/policy-tests.md has all members.
//
// It guarantees that
//   - a row is decided as enforcement decides a call: by package authz, with all policies
//     of the principal, of its organization and of the resource;
//   - a file that says something which is not understood is not run at all. The error is a
//     *Fault with the file, the line and the column;
//   - of a list of rows none is left out: lists in a row make the product of all.
//
// The package reads files only through Options.Open.
//
// # Caveats
//
// A request has no condition keys but those of every call, such as its time, and those that
// the state, the principal and the row give it: no aws:SourceIp, for example, unless a row
// says it. The root users of the accounts are not looked at by nobody-but. Nobody acts who
// brings a token of an identity provider, or is a service of AWS.
package policytest
