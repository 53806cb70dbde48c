// Package decisions explains the decisions of authorization that events hold:
// which layers were consulted, which statements applied and where they are, which
// condition keys were missing, and what can be done about a call that was denied
// (package advice).
//
// It guarantees that
//   - a Record is made when somebody asks for it, and not before;
//   - no Record holds a secret access key, a session token, a password or any
//     other parameter of the request, except those that are condition keys.
//
// # Caveats
//
// A Record describes the time of the call, except for its Facts: the MFA devices in its
// advice, who is an administrator, and the ARNs in trust policies are those at the time
// when the record is made.
package decisions
