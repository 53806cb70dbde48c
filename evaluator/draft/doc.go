// Package draft writes the least policy that calls need.
//
// Identity writes identity-based policies from the permissions that calls needed, Trust
// a role's trust policy from those who assumed it. Missing and Unused compare policies
// that exist with calls.
//
// It guarantees that
//   - each call of which a permission was drafted is allowed by the draft, as the
//     evaluator decides;
//   - with NoWildcards the draft grants nothing else: a statement holds the actions and
//     the resources of which each was used with each. An action that has no resource
//     types is granted on "*", as AWS wants it;
//   - the draft depends on the set of calls, not on their order.
//
// # Caveats
//
// A draft knows what was called, not what a program can call: what the calls have not
// exercised is missing. Of the condition keys of a call a draft keeps those that say for whom
// or for what a permission is used (Kept), not those that happen to be, such as
// the time and the address of the caller.
package draft
