// Package management is the protocol under /_understudy/: what tests, tools and
// people ask a running server beside AWS's APIs, and what AWS has consoles for.
// docs/openapi.yaml describes it; package management/client speaks it.
//
// It guarantees that
//   - every route is a row of one table (Routes) with its guard, and the document
//     describes exactly these rows;
//   - one guard is before all of them, and before the answers to wrong paths and
//     methods: requests that a web page could have made are refused, see package
//     internal/webguard;
//   - every refusal has the same body, a Fault.
//
// What the routes do is the Backend's. The package knows no tables and no
// operations of AWS.
//
// # Caveats
//
// Nobody is authenticated. A server belongs on the loopback interface, or on a
// network whose members may do everything to it.
package management

// Path is where the management routes begin; no AWS API uses it.
const Path = "/_understudy/"
