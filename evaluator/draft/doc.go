// Package draft writes the least policy that calls need.
//
// Identity writes identity-based policies from the permissions that calls needed. Trust
// writes a role's trust policy from the principals who assumed it. Missing and Unused
// compare existing policies with calls.
//
// It guarantees that
//   - the evaluator allows, by the draft, each permission that was drafted;
//   - with NoWildcards the draft grants nothing else: in a statement, each action was
//     used with each resource. An action that has no resource types is granted on "*",
//     as AWS requires;
//   - the draft depends on the set of calls, not on their order.
//
// # Caveats
//
// A draft knows what was called, not what a program can call: permissions that no call used
// are missing. A draft keeps the condition keys of a call that say for whom or for what a
// permission is used (Kept), not incidental ones such as the time and the address of the
// caller.
package draft
