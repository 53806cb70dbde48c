package services

import (
	"net/url"
	"strings"

	"github.com/understudy-iam/understudy/authz"
)

// copySource is the object that is copied.
type copySource struct {
	bucket, key, version string
}

// errCopySource is S3's refusal of a source.
var errCopySource = &Malformed{
	Code: "InvalidArgument", Reason: "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
}

// readCopySource reads the header x-amz-copy-source: BUCKET/KEY or /BUCKET/KEY, or
// ARN/object/KEY of an access point, escaped, perhaps with ?versionId=VERSION.
//
// S3 takes "+" for a space, as in a form.
func readCopySource(header string) (copySource, error) {
	path, query, asked := strings.Cut(header, "?")
	version, ok := strings.CutPrefix(query, "versionId=")
	if asked && (!ok || version == "" || strings.ContainsAny(version, "&?")) {
		return copySource{}, errCopySource
	}
	path, err := url.QueryUnescape(path)
	if err != nil {
		return copySource{}, errCopySource
	}
	if version, err = url.QueryUnescape(version); err != nil {
		return copySource{}, errCopySource
	}
	path = strings.TrimPrefix(path, "/")
	bucket, key, ok := strings.Cut(path, "/")
	if strings.HasPrefix(path, "arn:") {
		// arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/object/KEY
		bucket, key, ok = strings.Cut(path, "/object/")
	}
	if !ok || bucket == "" || key == "" {
		return copySource{}, errCopySource
	}
	return copySource{bucket, key, version}, nil
}

// header writes the source so that every server reads it in the same way.
func (c copySource) header() string {
	text := escapeSource(c.text())
	if c.version != "" {
		text += "?versionId=" + escapeSource(c.version)
	}
	return text
}

// escapeSource escapes all but the unreserved characters, slashes and the colons
// of an ARN.
func escapeSource(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if isNameByte(c) && c < 0x80 || strings.IndexByte("-.~/:", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// text returns the source without escapes, for s3:x-amz-copy-source. It is not documented whether
// AWS unescapes it there.
func (c copySource) text() string {
	if strings.HasPrefix(c.bucket, "arn:") {
		return c.bucket + "/object/" + c.key
	}
	return c.bucket + "/" + c.key
}

// copyObject needs to write the copy and to read the source.
//
// Tags are copied unless the request says otherwise, and S3 then requires the actions for tags if
// the source has any. The request does not show that, so they are needed only if the request says
// COPY.
func (s *s3call) copyObject() error {
	source, err := s.source()
	if err != nil {
		return err
	}
	if err := s.puts(authz.String("s3:x-amz-copy-source", source.text())); err != nil {
		return err
	}
	tags := strings.EqualFold(s.header("X-Amz-Tagging-Directive"), "COPY")
	if tags {
		s.needObject("PutObjectTagging")
	}
	s.reads(source, tags)
	return nil
}

// uploadPartCopy needs to write the part and to read the source.
func (s *s3call) uploadPartCopy() error {
	source, err := s.source()
	if err != nil {
		return err
	}
	s.needObject("PutObject", authz.String("s3:x-amz-copy-source", source.text()), s.creates())
	s.reads(source, false)
	return nil
}

// source reads the source of a copy, and makes the gateway forward it in our spelling.
func (s *s3call) source() (copySource, error) {
	source, err := readCopySource(s.header("X-Amz-Copy-Source"))
	if err != nil {
		return source, err
	}
	sent := source
	if from := s.r.bucketNamed(source.bucket); from.behind != "" {
		sent.bucket = from.behind
	} else {
		s.unplaced(from)
	}
	s.needs.Set = map[string]string{"X-Amz-Copy-Source": sent.header()}
	return source, nil
}

// reads needs to read the source of a copy, and its tags if they are copied.
func (s *s3call) reads(source copySource, tags bool) {
	from, get, tagging := s.r.bucketNamed(source.bucket), "GetObject", "GetObjectTagging"
	var keys []authz.Key
	if source.version != "" {
		get, tagging = "GetObjectVersion", "GetObjectVersionTagging"
		keys = append(keys, authz.String("s3:versionid", source.version))
	}
	object := func(b s3bucket) string { return b.object(source.key) }
	s.needIn(from, get, object, keys...)
	if tags {
		s.needIn(from, tagging, object, keys...)
	}
}
