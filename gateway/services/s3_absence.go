package services

import "slices"

// tellAbsence are the operations of S3 which say that an object does not exist only to
// those who may list the bucket, and AccessDenied to others.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
var tellAbsence = []string{"GetObject", "GetObjectAttributes", "HeadObject"}

// Absence returns what a caller needs besides to be told that the object of the call
// does not exist; nil if nothing is needed. Parameters of the request that are not the
// operation's own, such as a prefix, do not count.
func (c *Call) Absence(r *Request) *Needs {
	if c.Service.Name != "s3" || !slices.Contains(tellAbsence, c.Operation) {
		return nil
	}
	needs, err := s3Needs(c.Operation, r, func(s *s3call) error {
		s.all = append(s.authentication(), s.headers()...)
		s.needBucket("ListBucket")
		return nil
	})
	if err != nil { // the request was read before
		return nil
	}
	return needs
}
