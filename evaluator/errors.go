package evaluator

import "fmt"

// SyntaxError is returned for a document that cannot be read.
type SyntaxError struct {
	At      Position
	Message string // for people; not a text of AWS

	// inner data for Validate, which answers with AWS's texts
	fault fault
}

// Error returns the place and the message.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("policy document, line %d, column %d: %s", e.At.Line, e.At.Column, e.Message)
}

func syntaxError(n *node, message string) error { return codedError(faultSyntax, n, message) }

func codedError(code faultCode, n *node, message string) error {
	return &SyntaxError{At: n.start, Message: message, fault: fault{code, n.start, message}}
}

// MalformedError is returned by Validate for a document that AWS would refuse
// to store. Its Message is AWS's, for the code MalformedPolicyDocument.
type MalformedError struct {
	Message string
	At      Position // the place of the fault
}

// Error returns AWS's message.
func (e *MalformedError) Error() string { return e.Message }
