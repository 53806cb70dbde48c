// Package services knows the operations of AWS's main services: how to recognise the operation of a
// request, and which permissions the call needs.
//
// Recognise reads the head of a request, and the parameters of a form. Needs then reads the members
// that matter, from the path, the query, the headers or the body, and says what the caller must be
// allowed to do. Neither of them sends, verifies or decides anything.
//
// The table is generated from botocore's models. It is embedded compressed; a
// service is unpacked, and its routes are made, when the first request to it
// comes. All functions may be called from several goroutines.
//
// Caveats. A request that different servers could read as different operations is not recognised:
// the upstream must never do anything but what was decided.
package services
