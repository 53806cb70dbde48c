// Package services knows the operations of AWS's main services: how a request
// is recognised as one of them, and which permissions the call needs.
//
// Recognise reads the head of a request, and the parameters of a form. Needs
// then reads the members that matter, from the path, the query, the headers or
// the body, and says what the caller must be allowed to do. Neither sends,
// verifies or decides anything.
//
// The table is generated from botocore's models. It is embedded compressed; a
// service is unpacked, and its routes are made, when the first request to it
// comes. All functions may be called from several goroutines.
//
// Caveats. A request that different servers could read as different operations
// is not recognised: the server behind must never do something else than what
// was decided.
package services
