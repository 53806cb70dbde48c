package gateway

import "github.com/understudy-iam/understudy/gateway/services"

// RefusedError is the error of a call that policies allow and that is refused nevertheless, as its
// service does: because of a setting of the resource, or of something that the request asks to
// compare.
type RefusedError struct {
	Setting  string // the setting that refuses it; empty: a parameter of the request does
	Sentence string // what is wrong
	Compared []Compared
	Check    []string // what to do
}

// Compared is one thing that was compared.
type Compared struct{ What, Want, Got string }

// Error returns the sentence.
func (e *RefusedError) Error() string { return e.Sentence }

// otherOwner says that a bucket does not belong to the account that the request expects.
func otherOwner(o *services.OtherOwner) *RefusedError {
	return &RefusedError{
		Sentence: "The request says which account it expects to own bucket " + o.Bucket + ", and another one owns it.",
		Compared: []Compared{{
			What: "the owner of bucket " + o.Bucket, Want: o.Expected + ", as the header " + o.Header + " says", Got: o.Owner,
		}},
		Check: []string{"Check that the bucket is the right one and that the call names the account of its owner (" +
			"--expected-bucket-owner, ExpectedBucketOwner), or leave the parameter out."},
	}
}
