package postform

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

const (
	// maxFields limits what comes before the file, as S3 does.
	maxFields = 20 << 10

	// maxRest limits what comes after the file, which is ignored.
	maxRest = 64 << 10

	// ahead is more than package multipart reads in advance.
	ahead = 8 << 10

	fileField = "file"
	filename  = "${filename}"
)

// Form is a form whose fields before the file have been read.
type Form struct {
	request *http.Request
	reader  *multipart.Reader
	source  *bounded
	fields  []field
	key     string
	limits  sizes

	part        *multipart.Part // the file
	fileName    string          // as it is put into the key
	hasFileName bool
}

// field is a field of the form, with its name as it was sent.
type field struct{ name, value string }

// Is reports whether a request may be a form to S3: a POST of multipart/form-data.
func Is(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return r.Method == http.MethodPost && kind == "multipart/form-data" && (err == nil || errors.Is(err, mime.ErrInvalidMediaParameter))
}

// Read reads the fields of a form, up to the file. What follows the file is ignored, as by S3. Each
// field may be there only once, so that everybody reads the same value.
func Read(r *http.Request) (*Form, error) {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" || r.Body == nil {
		return nil, malformed()
	}
	f := &Form{request: r, source: &bounded{r: r.Body, left: maxFields + ahead}, limits: anySize}
	f.reader = multipart.NewReader(f.source, params["boundary"])
	for room := maxFields; f.part == nil; {
		part, err := f.reader.NextRawPart()
		if err == io.EOF {
			return nil, notOneFile(0)
		} else if err != nil {
			return nil, fault(err)
		}
		if err := f.add(part, &room); err != nil {
			return nil, err
		}
	}
	f.source.left = unbounded
	if f.Field("key") == "" {
		return nil, missingField("key")
	}
	f.key = f.Field("key")
	if f.hasFileName {
		f.key = strings.ReplaceAll(f.key, filename, f.fileName)
	}
	return f, nil
}

// add adds a part of the form: the file, or a field, if there is still room for it.
func (f *Form) add(part *multipart.Part, room *int) error {
	name := part.FormName()
	if strings.EqualFold(name, fileField) {
		f.part = part
		f.name()
		return nil
	}
	value, err := io.ReadAll(io.LimitReader(part, int64(*room)+1))
	if err != nil {
		return fault(err)
	}
	if *room -= len(name) + len(value); *room < 0 {
		return tooMuch()
	}
	if name == "" || strings.ContainsFunc(name, unicode.IsControl) {
		return malformed()
	}
	for _, other := range f.fields {
		if strings.EqualFold(other.name, name) {
			return fieldTwice(name, string(value))
		}
	}
	f.fields = append(f.fields, field{name, string(value)})
	return nil
}

// name finds the name of the file: what follows the last slash or backslash of a path. If there is
// no name at all, S3 was seen to leave the variable in the key.
func (f *Form) name() {
	_, params, err := mime.ParseMediaType(f.part.Header.Get("Content-Disposition"))
	if err != nil {
		return
	}
	f.fileName, f.hasFileName = params["filename"]
	if i := strings.LastIndexAny(f.fileName, `/\`); i >= 0 {
		f.fileName = f.fileName[i+1:]
	}
}

// Field returns the value of a field, or "". The name may be in any case.
func (f *Form) Field(name string) string {
	for _, field := range f.fields {
		if strings.EqualFold(field.name, name) {
			return field.value
		}
	}
	return ""
}

// Fields returns the names of the fields before the file, as they were sent.
func (f *Form) Fields() (names []string) {
	for _, field := range f.fields {
		names = append(names, field.name)
	}
	return names
}

// Key returns the key of the object, with the name of the file in it.
func (f *Form) Key() string { return f.key }

// signatureFields are the fields of a signature, in the order in which S3 reports them as missing.
var signatureFields = []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date"}

// Signature returns the signature of the form, or nil if it has none and is anonymous. Nothing in
// it is verified before Verify.
func (f *Form) Signature() (*sigv4.Signature, error) {
	var missing []string
	for _, name := range signatureFields {
		if f.Field(name) == "" {
			missing = append(missing, name)
		}
	}
	switch {
	case len(missing) == len(signatureFields) && f.Field("AWSAccessKeyId") != "":
		return nil, versionTwo()
	case len(missing) == len(signatureFields):
		return nil, nil
	case len(missing) > 0:
		return nil, missingField(missing[0])
	case f.Field("policy") == "":
		return nil, missingField("policy")
	}
	return sigv4.ParsePolicy(f.request, sigv4.PolicyFields{
		Algorithm: f.Field("x-amz-algorithm"), Credential: f.Field("x-amz-credential"), Date: f.Field("x-amz-date"),
		Signature: f.Field("x-amz-signature"), SessionToken: f.Field("x-amz-security-token"),
	})
}

// Verify verifies the signature of the form's policy. Check then checks the form against the
// policy.
func (f *Form) Verify(s *sigv4.Signature, secret string) error {
	return s.VerifyPolicy(secret, f.Field("policy"))
}

// fault translates an error of package multipart.
func fault(err error) error {
	var e *Error
	var broken *brokenOff
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &broken):
		return broken.err
	}
	return malformed()
}
