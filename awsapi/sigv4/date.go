package sigv4

import (
	"net/http"
	"time"
)

// Layout is the form in which a time is signed: ISO 8601's basic format.
const Layout = "20060102T150405Z"

// headerDate returns the time of a request that is signed in its Authorization header: X-Amz-Date
// or, if that is absent, Date.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
func headerDate(r *http.Request) string {
	if values := r.Header["X-Amz-Date"]; len(values) > 0 {
		return values[0]
	}
	if values := r.Header["Date"]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// readDate reads X-Amz-Date, which is in ISO 8601 basic format, or Date, which may instead be in
// any of the three forms of an HTTP date. AWS's own test suite for signers has requests with only
// Date, in the form of RFC 1123, and signs them with the same time in the basic format.
func (s *Signature) readDate(date string) error {
	t, err := time.Parse(Layout, date)
	if err == nil && len(date) == len(Layout) { // Parse accepts fractions of a second
		s.time, s.timestamp = t, date
		return nil
	}
	if s.presigned || len(s.request.Header["X-Amz-Date"]) > 0 {
		return &Error{Reason: ErrDate, Presigned: s.presigned, Given: date}
	}
	if t, err = http.ParseTime(date); err != nil {
		return &Error{Reason: ErrDate, Presigned: s.presigned, Given: date}
	}
	s.time = t.UTC()
	s.timestamp = s.time.Format(Layout)
	return nil
}
