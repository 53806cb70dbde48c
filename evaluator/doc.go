// Package evaluator decides requests by IAM policies as AWS does, and says why.
//
// Parse reads a policy document and keeps the place of everything in it.
// Validate makes the checks that AWS makes when a policy is written, with AWS's
// texts. Compile turns a document into a Policy. Evaluate takes a Request and
// the Policies by layer (organization, resource, identity, permissions
// boundary, session, VPC endpoint) and fills a Result: the decision, what each
// layer decided and by which statements, the condition keys that were
// missing, and the layer that caused a denial. Enforcement and simulation are
// the same function; Request.Mode selects the few known differences (Quirk).
//
// The package guarantees that
//   - it is pure: it does no I/O, reads no clock and logs nothing. The time is a condition key;
//   - a Policy is immutable and may be shared by goroutines;
//   - Evaluate allocates nothing once its Result and Context are warm;
//   - hostile documents are refused quickly and in bounded memory;
//   - everything is collected and the decision is made last: no reason is missing because
//     another one was found first;
//   - the order of policies and statements never changes a decision.
//
// The rules are those of the IAM User Guide. If AWS was observed to answer differently, the
// code does what was observed; comments then say "recorded".
//
// # Caveats
//
// The package does not know which actions, resource types or condition keys exist, which keys
// are multi-valued (Context.SetMulti says so), or whether a principal exists: the caller has
// to know that. Rules that apply before policies are not here either: that GetCallerIdentity
// is always allowed, that role sessions cannot call GetSessionToken, that IAM's own operations
// do not work with some temporary credentials, that root may not assume roles.
package evaluator
