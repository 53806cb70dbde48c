package gateway

import "github.com/understudy-iam/understudy/gateway/services"

// RefusedError is the error of a call that policies allow and that is refused all the
// same, as its service does: for a setting of the resource, or for what the request
// asks to be compared.
type RefusedError struct {
	Setting  string // which refuses it; empty: a parameter of the request does
	Sentence string // what is wrong
	Compared []Compared
	Check    []string // what to do
}

// Compared is one thing that was compared.
type Compared struct{ What, Want, Got string }

// Error is the sentence.
func (e *RefusedError) Error() string { return e.Sentence }

// otherOwner says that a bucket is not of the account that the request expects.
func otherOwner(o *services.OtherOwner) *RefusedError {
	return &RefusedError{
		Sentence: "The request says which account it expects to own bucket " + o.Bucket + ", and another one owns it.",
		Compared: []Compared{{
			What: "the owner of bucket " + o.Bucket, Want: o.Expected + ", as the header " + o.Header + " says", Got: o.Owner,
		}},
		Check: []string{"See whether the bucket is the one that is meant, and whether the call names the account of its owner (" +
			"--expected-bucket-owner, ExpectedBucketOwner), or leave the parameter out."},
	}
}
