// Package gateway puts IAM in front of any emulator of AWS's services: it takes the calls to
// services other than IAM and STS, verifies who makes them, decides whether they are allowed, and
// sends them on to an upstream.
//
// It guarantees that
//   - nothing is sent on before the caller is verified and the call is allowed; what is
//     sent on is what was decided about: one path, one query and one set of headers
//     serve both. Before a decision an upstream is asked for the policies and tags of
//     resources and the keys of tables, by the gateway's own requests;
//   - a body other than the one that was signed never reaches an upstream whole;
//   - bodies stream both ways, so that memory does not grow with them; where a decision
//     needs the body it is read first, up to 16 MiB;
//   - an upstream sees no secret of this server and none of its headers, and cannot set
//     them in an answer;
//   - errors have the form that the clients of the service read.
//
// # Caveats
//
// It keeps no resources, so it does not know their owners: all belong to one account. Policies and
// tags of resources come from the upstream; if they are changed at the upstream itself, they are up
// to five seconds old. What an operation needs is in package gateway/services.
package gateway
