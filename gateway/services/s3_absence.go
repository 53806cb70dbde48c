package services

import "slices"

// tellAbsence are the operations of S3 that reveal that an object does not exist only to callers
// who may list the bucket; others get AccessDenied.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
var tellAbsence = []string{"GetObject", "GetObjectAttributes", "HeadObject"}

// Absence returns the additional permissions that a caller needs to be told that the object of the
// call does not exist; nil if none are needed. Parameters that do not belong to the operation, such
// as a prefix, do not count.
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
