// Package actions divides the actions of all services into classes that policies cannot
// tell apart, so that a question about every action is answered by few decisions.
//
// It guarantees that two actions of a class match the same subset of the patterns by
// which they were divided; nothing else in a decision looks at the action.
//
// # Caveats
//
// The actions are those of the catalogue and Unknown. An action that the catalogue does
// not have, such as an action of a service that only policies name, is not in any
// class.
package actions

// Unknown is an action that no service has. It represents the actions that AWS may
// add.
const Unknown = "understudy:AnAction"
