// Package management is the protocol under /_understudy/, with which tests, tools and
// people use a running server apart from AWS's APIs, also for things for which AWS has
// only consoles. docs/openapi.yaml describes it; package management/client speaks it.
//
// It guarantees that
//   - every route is a row of one table (Routes) with its guard, and the document
//     describes exactly these rows;
//   - one guard protects all of them, and the answers to wrong paths and methods too:
//     requests that a web page could have made are refused, see package
//     internal/webguard;
//   - every error has the same body, a Fault.
//
// The Backend does what the routes ask for. The package knows neither tables nor
// operations of AWS.
//
// # Caveats
//
// Nobody is authenticated. A server should listen only on the loopback interface, or on a
// network whose members may do everything to it.
package management

// Path begins the paths of the management routes. No AWS API uses it.
const Path = "/_understudy/"

// ConsolePath is where a server has web pages for people. They are no routes of this package.
const ConsolePath = Path + "console/"
