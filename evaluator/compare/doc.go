// Package compare tells whether one policy document grants what another does not.
//
// Compare looks for requests that the new document allows and the old one does not;
// Granted asks whether a document allows certain actions on certain resources, and
// Public whether it lets in everybody. Each answer that something is granted comes with
// a request, which the evaluator has decided before it is shown.
//
// It guarantees that
//   - "nothing is granted" is proved: for all actions, resources, principals and
//     condition keys, not for those that were tried;
//   - without conditions and policy variables the answer is exact: what is not
//     proved is shown by a request. Actions are finite: the catalogue, one action that no service has, and what the
//     documents name beside these. Resources are compared as the languages that their
//     wildcards make, by an automaton;
//   - conditions are compared by sound rules (evaluator.Condition.Implies). Where these
//     prove nothing and no request is found, the Grant says so.
//
// # Caveats
//
// A document is looked at alone: what a caller is granted depends on its other policies too.
// A document of many overlapping wildcards can make an automaton that is too large, for time
// or for some 20 MB of memory, and one of very many conditions takes too long; then what is
// left is reported as not proved.
package compare
