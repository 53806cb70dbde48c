// Package awsapi speaks the AWS query protocol, for IAM and STS, JSON 1.1, for services
// whose model has a target, and REST with JSON, for those whose operations have paths: it turns HTTP requests into the AWS SDK's input
// structs, calls a Go method for each operation, and turns what the method returns into
// the bytes that AWS sends.
//
// It guarantees that every request is authenticated before its operation is looked up, that an
// input reaches the authorizer and the method only if it satisfies the model's constraints, and
// that every answer, except a refusal to read the request, carries the request ID that is in the
// caller's context. The order of these steps is the one recorded from AWS: scope, key, token,
// signature, dispatch, schema, authorization, method.
//
// One codec serves all operations of a protocol by reflection. Plans are built once, when
// the handler is made, and a type that cannot be served panics there. All protocols have
// the same plans and check the same constraints.
//
// Caveats: the package imports no service package of the SDK and knows nothing of IAM's rules.
// Constraints, wire names, orders and statuses come from a Model; package awsapi/model provides
// one. Only the path "/" is served, and what services that speak REST have. Answers are not
// compressed.
package awsapi
