// Package model is the model of IAM and STS, and of the operations of CloudTrail and Access
// Analyzer that are served: which members an input must have,
// how long and of which characters they may be, the order in which an answer's
// members stand, and the HTTP status of each error.
//
// It guarantees that every operation, structure and member of the Go SDK is in the tables. The
// files *_gen.go are made from botocore's models by internal/cmd/genmodel; what those models lack,
// or where AWS differs from them, is written by hand in its additions.go and quirks.go.
//
// Caveats: the tables are shared; do not change them.
package model
