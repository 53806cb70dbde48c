// Package lint finds what is wrong with a policy document before a call is denied: what
// AWS refuses to store, what can never have an effect, and what allows more than was
// meant.
//
// Most checks are those of IAM Access Analyzer's ValidatePolicy, with its codes and
// messages. The codes of the others begin with UNDERSTUDY_. Checks returns all of them,
// and each has a code that is a constant.
//
// The package guarantees that
//   - it is pure: it does no I/O, reads no clock and logs nothing;
//   - it agrees with enforcement: documents are read, and patterns, operators and
//     variables are understood, by package evaluator itself. What Validate refuses
//     always has a finding of the type ERROR;
//   - the same document gives the same findings in the same order;
//   - spans lie within the document;
//   - hostile documents take bounded time and memory: long lists are compared in part,
//     values are cut in messages, and there are no more than MaxFindings findings.
//
// # Caveats
//
// A document is looked at by itself. Whether a resource or a principal exists is not
// known here. What AWS's documentation leaves out of its list of actions and condition
// keys is taken for an error, as Access Analyzer does.
package lint
