// Package understudy is the root of Understudy, AWS IAM and STS on localhost.
// It holds no code: start with package iamtest in Go tests, with package
// evaluator for policy evaluation alone, or with the command cmd/understudy.
package understudy
