// Package audit examines who may do what in an account, and what should not be so.
//
// It has two kinds of checks. Escalations are ways by which a user or role becomes an
// administrator; each step is a call that package authz allows, so that a way which a
// boundary, a condition, an explicit denial or a service control policy stops is not
// found. Hygiene is about credentials, trusts and policies. Checks returns all of them.
//
// It guarantees that
//   - all that a Report says is of one state;
//   - of equal states it makes equal reports, in the same order;
//   - it changes nothing, and the Report has no secret.
//
// # Caveats
//
// Resources of other services than IAM and STS are not known: a way that leads over one,
// such as a function of Lambda, counts as open if the permissions for it are there and a
// role can be passed to that service or may be in use there.
package audit
