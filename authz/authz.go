// Package authz is the one place where state and evaluator meet: it gathers the
// policies that apply to a caller, builds the request context and asks the
// evaluator. Enforcement and simulation take the same path.
package authz

// Authorizer decides calls.
type Authorizer struct{}
