// Package testkit has what tests in several packages need: checks of AWS's errors, a
// store that fails when a test wants it to, moto's server, and the switch between the
// short tests of every change and the long ones of "make torture".
//
// # Caveats
//
// It is for tests only, and it imports no service: tests within iam, sts and
// authz may use it. Tests within persistence may not, because it imports
// persistence.
package testkit
