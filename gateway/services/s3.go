package services

import (
	"net/url"
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// s3call is a call of S3 while its needs are found.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
type s3call struct {
	r         *Request
	operation string
	bucket    s3bucket
	key       string
	form      url.Values // the fields of a form that is posted
	hoists    bool       // the query has headers of S3
	all       []authz.Key
	needs     Needs
}

// s3ByHand returns the rules of S3.
func s3ByHand() map[string]rule {
	rules := map[string]rule{}
	add := func(name string, resolution Resolution, find func(*s3call) error) {
		rules[name] = handwritten(resolution, func(r *Request) (*Needs, error) { return s3Needs(name, r, find) })
	}
	for name, action := range s3BucketActions {
		add(name, Exact, func(s *s3call) error {
			s.needBucket(action)
			return nil
		})
	}
	for name, actions := range s3ObjectActions {
		add(name, Exact, func(s *s3call) error {
			s.onObject(actions...)
			return nil
		})
	}
	for name, find := range s3Rules {
		add(name, Exact, find)
	}
	add("ListBuckets", Any, func(s *s3call) error { return s.onNothing("s3:ListAllMyBuckets", Any) })
	add("ListDirectoryBuckets", Any, func(s *s3call) error { return s.onNothing("s3express:ListAllMyDirectoryBuckets", Any) })
	add("WriteGetObjectResponse", Unresolved, func(s *s3call) error {
		return s.onNothing("s3-object-lambda:WriteGetObjectResponse", Unresolved)
	})
	return rules
}

// s3Needs returns the needs that find finds.
func s3Needs(operation string, r *Request, find func(*s3call) error) (*Needs, error) {
	s := &s3call{r: r, operation: operation, hoists: r.hoists()}
	if err := r.once(); err != nil {
		return nil, err
	}
	if err := s.locate(); err != nil {
		return nil, err
	}
	s.all = append(s.authentication(), s.headers()...)
	s.all = append(s.all, s.query()...)
	if err := find(s); err != nil {
		return nil, err
	}
	if err := s.notePublishing(); err != nil {
		return nil, err
	}
	if err := s.seals(); err != nil {
		return nil, err
	}
	return &s.needs, s.checkOwners()
}

// locate reads the bucket and the key of the path.
func (s *s3call) locate() error {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(s.r.Path, "/"), "/")
	bucket, err := url.PathUnescape(bucket)
	if err != nil {
		return errURI
	}
	if s.key, err = url.PathUnescape(key); err != nil {
		return errURI
	}
	s.bucket = s.r.bucketNamed(bucket)
	if s.bucket.behind == "" {
		s.unplaced(s.bucket)
		return nil
	}
	s.needs.Path = "/" + url.PathEscape(s.bucket.behind)
	if i := strings.IndexByte(s.r.Path[1:], '/'); i >= 0 {
		s.needs.Path += s.r.Path[1+i:]
	}
	return nil
}

// unplaced notes an access point whose bucket is not known.
func (s *s3call) unplaced(b s3bucket) {
	if s.r.PointBucket != nil && (b.kind == accessPoint || b.kind == lambdaAccessPoint) && !b.alias {
		s.needs.UnknownPoint = b.arn
	}
}

// Messages of S3; SNS and SQS use the second too.
var (
	errURI  = &Malformed{Code: "InvalidURI", Reason: "Couldn't parse the specified URI."}
	errMany = &Malformed{Reason: "A parameter or header of the request is given more than once"} // text not confirmed
)

// once returns an error if a parameter of the query or a header of S3 has several
// values, or one in each place: servers may take either.
func (r *Request) once() error {
	if err := onceEach(r.Query); err != nil {
		return err
	}
	for name, values := range r.Header {
		if !strings.HasPrefix(name, "X-Amz-") || strings.HasPrefix(name, "X-Amz-Meta-") {
			continue
		}
		if len(values) > 1 || r.hoisted(name) != "" {
			return errMany
		}
	}
	return nil
}

// hoists reports whether the query has headers of S3.
func (r *Request) hoists() bool {
	const prefix = "X-Amz-"
	for name := range r.Query {
		if len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// hoisted returns a header that is in the query, as presigned URLs have it.
func (r *Request) hoisted(header string) string {
	for name, values := range r.Query {
		if strings.EqualFold(name, header) {
			return values[0]
		}
	}
	return ""
}

// header returns a header of the call, by Go's spelling of its name: one of the request, of its query or of the
// form that is posted.
func (s *s3call) header(name string) string {
	if s.form != nil {
		return s.field(name)
	}
	if values := s.r.Header[name]; len(values) > 0 && values[0] != "" {
		return values[0]
	}
	if !s.hoists || !strings.HasPrefix(name, "X-Amz-") {
		return ""
	}
	return s.r.hoisted(name)
}

// field returns a field of the form that is posted.
func (s *s3call) field(name string) string {
	for field, values := range s.form {
		if strings.EqualFold(field, name) {
			return values[0]
		}
	}
	return ""
}

func (s *s3call) onNothing(action string, resolution Resolution) error {
	s.need(action, "*")
	s.needs.Resolution = resolution
	return nil
}

// need adds the permission for an action, with the keys of the request that the service reference
// lists for it, and with the given ones.
func (s *s3call) need(action, resource string, more ...authz.Key) {
	known := keysOf(action)
	var keys []authz.Key
	for _, k := range append(s.all[:len(s.all):len(s.all)], more...) {
		if k, ok := known.fit(action, k); ok {
			keys = append(keys, k)
		}
	}
	s.needs.Needs = append(s.needs.Needs, s.r.need(action, resource, keys...))
}
