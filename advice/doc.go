// Package advice says what can be done about a request that was denied.
//
// The answer is a ranked list. First come changes of the request itself, which need
// nobody's permission: an external ID, a session with MFA, a tag, one's own resource.
// Next, a statement that almost allows the request is completed, or a statement is added.
// Changes of a guardrail (a Deny, a boundary, a policy of an organization) come last.
// Where nothing sensible is left, the list says that a statement keeps the request denied
// on purpose.
//
// It guarantees that
//   - each piece of advice was tried: the request was decided again with the
//     change made, and is allowed;
//   - similar requests were decided too (another action, another resource,
//     another caller, the same request without what a condition asks for). They stay
//     denied, or the advice names them in AlsoAllows;
//   - no condition is dropped. A statement that is completed keeps its conditions,
//     and a statement that is added takes those of a statement for the same action,
//     kind of action or resource.
//
// The work is bounded: it ends with its context, or after a number of decisions. The
// answer is what was found by then.
//
// # Caveats
//
// Only policies that took part in the decision are read. Whether a change of the
// request can be made (does the caller have an MFA device?) is not known here.
package advice
