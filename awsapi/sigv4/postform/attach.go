package postform

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// Attach gives a request to an upstream a form as its body: the fields that were read, a policy
// that allows exactly these, its signature, and the file. Without a signer there is neither policy
// nor signature.
func (f *Form) Attach(r *http.Request, bucket string, s *sigv4.Signer, now time.Time) error {
	fields := f.sent()
	if s != nil {
		fields = signed(fields, bucket, s, now)
	}
	return f.attach(r, fields)
}

// AttachAsSent is Attach for an upstream that verifies the client's own policy and signature: all
// fields are sent unchanged, including the variable for the file's name in the key.
func (f *Form) AttachAsSent(r *http.Request) error { return f.attach(r, f.fields) }

func (f *Form) attach(r *http.Request, fields []field) error {
	var head bytes.Buffer
	w := multipart.NewWriter(&head)
	for _, field := range fields {
		if err := w.WriteField(field.name, field.value); err != nil {
			return fmt.Errorf("write field %s: %w", field.name, err)
		}
	}
	if _, err := w.CreatePart(f.fileHeader()); err != nil {
		return fmt.Errorf("write the head of the file: %w", err)
	}
	content := &file{form: f}
	end := &ending{file: content, close: "\r\n--" + w.Boundary() + "--\r\n", room: -1}
	r.GetBody, r.TransferEncoding, r.ContentLength = nil, nil, -1
	if f.request.ContentLength >= 0 {
		end.room = f.request.ContentLength - f.size()
		r.ContentLength = int64(head.Len()) + end.room
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(&head, sigv4.HoldBack(content, content.good), end), f.request.Body}
	return nil
}

// size returns a lower bound for the size of everything before the content of the file.
func (f *Form) size() (n int64) {
	for _, field := range f.fields {
		n += int64(len(field.name) + len(field.value))
	}
	return n
}

// ownFields are the names of a signature's fields, in lower case.
var ownFields = []string{
	"policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "x-amz-security-token", "bucket", "key",
	"awsaccesskeyid", "signature",
}

// sent returns the fields that are sent on. The key is the one that was checked.
func (f *Form) sent() []field {
	fields := []field{{"key", f.key}}
	for _, field := range f.fields {
		if !slices.Contains(ownFields, strings.ToLower(field.name)) {
			fields = append(fields, field)
		}
	}
	return fields
}

// signedFor is how long a policy that we sign can be used.
const signedFor = 15 * time.Minute

// signed adds a policy for exactly these fields, and its signature.
func signed(fields []field, bucket string, s *sigv4.Signer, now time.Time) []field {
	of := s.PolicyFields(now)
	fields = append(fields, field{"x-amz-algorithm", of.Algorithm}, field{"x-amz-credential", of.Credential}, field{"x-amz-date", of.Date})
	if of.SessionToken != "" {
		fields = append(fields, field{"x-amz-security-token", of.SessionToken})
	}
	conditions := []map[string]string{{"bucket": bucket}}
	for _, field := range fields {
		conditions = append(conditions, map[string]string{field.name: field.value})
	}
	text, err := json.Marshal(map[string]any{"expiration": now.UTC().Add(signedFor).Format(expirationLayout), "conditions": conditions})
	if err != nil { // never: all values are strings
		return fields
	}
	policy := base64.StdEncoding.EncodeToString(text)
	return append(fields, field{"policy", policy}, field{"x-amz-signature", s.SignPolicy(policy, now)})
}

// fileHeader is the head of the file's part. A key may still contain the variable for the file's
// name, because there was no name or the name contained it. So that the upstream does not change
// such a key, the name that is sent is the variable itself.
func (f *Form) fileHeader() textproto.MIMEHeader {
	disposition := `form-data; name="` + fileField + `"`
	if f.hasFileName {
		name := f.fileName
		if strings.Contains(f.key, filename) {
			name = filename
		}
		disposition += `; filename="` + escaped(name) + `"`
	}
	h := textproto.MIMEHeader{"Content-Disposition": {disposition}}
	if kind := f.part.Header.Get("Content-Type"); kind != "" {
		h.Set("Content-Type", kind)
	}
	return h
}

// escaped writes the name of a file in a header as browsers do, and also escapes control
// characters, which a header cannot hold.
func escaped(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if c := name[i]; c == '"' || c < ' ' || c == 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
