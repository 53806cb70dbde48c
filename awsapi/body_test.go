package awsapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/awsapi/model"
)

// Bounds of a body, as they are documented.
const (
	wholeBody   = 10_000_000
	unknownBody = 64 << 10
	oneRead     = 16 << 10
)

// counted counts what is read of a body.
type counted struct {
	io.Reader
	read int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// Of a caller whom nobody knows no more is read than is needed to refuse them, and
// they get the answer that they would get for a short body.
func TestBodiesOfCallersWhomNobodyKnows(t *testing.T) {
	t.Parallel()
	o := options()
	h := newHandler(t, allOperations(empty), o)
	const call = "Action=GetUser&Version=2010-05-08&UserName="
	signed := func(change func(*http.Request)) func(*http.Request, string) {
		return func(r *http.Request, body string) {
			sign(t, r, "iam", body)
			change(r)
		}
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	replaced := func(old, with string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, with, 1))
		}
	}
	for name, c := range map[string]struct {
		prepare func(*http.Request, string)
		status  int
		code    string
	}{
		"not signed":            {func(*http.Request, string) {}, 403, "MissingAuthenticationToken"},
		"another scheme":        {signed(header("Authorization", "Basic x")), 403, "MissingAuthenticationToken"},
		"an unknown key":        {signed(replaced(keyID, "AKIAIOSFODNN7UNKNOWN")), 403, "InvalidClientTokenId"},
		"a token that is wrong": {signed(header("X-Amz-Security-Token", "x")), 403, "InvalidClientTokenId"},
		"an old signature": {
			signed(header("X-Amz-Date", now.Add(-time.Hour).Format("20060102T150405Z"))), 403, "SignatureDoesNotMatch",
		},
		"another service":        {signed(replaced("/iam/", "/s3/")), 403, "SignatureDoesNotMatch"},
		"a part that is missing": {signed(replaced("SignedHeaders=", "Signed=")), 400, "IncompleteSignature"},
	} {
		for _, announced := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				body := call + strings.Repeat("a", wholeBody-len(call))
				r := form(body)
				c.prepare(r, body)
				sent := &counted{Reader: strings.NewReader(body)}
				r.Body = io.NopCloser(sent)
				if !announced {
					r.ContentLength = -1
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != c.status || !strings.Contains(w.Body.String(), "<Code>"+c.code+"</Code>") ||
					w.Header().Get("Connection") != "close" {
					t.Errorf("answered %d %s (Connection: %s)", w.Code, w.Body, w.Header().Get("Connection"))
				}
				if sent.read > unknownBody+oneRead {
					t.Errorf("%d bytes were read", sent.read)
				}
			})
		}
	}
}

// Calls without a signature may be as long as their operation's model allows, and a
// body of nobody's call as long as those of all.
func TestBodiesOfCallsWithoutASignature(t *testing.T) {
	t.Parallel()
	h := newHandler(t, allOperations(empty), options())
	const saml = "Action=AssumeRoleWithSAML&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/a&PrincipalArn=arn:aws:iam::123456789012:saml-provider/a&SAMLAssertion="
	const web = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/a&RoleSessionName=ab&WebIdentityToken="
	plus := strings.Repeat("%2B", 100_000)
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"the longest assertion, every character escaped": {saml + plus, 200},
		"the longest token, every character escaped":     {web + plus[:3*20_000], 200},
		"longer than any assertion":                      {saml + plus + plus, 413},
		"longer than any token":                          {web + plus, 413},
		"the action after 64 KiB":                        {"SAMLAssertion=" + plus + "&" + saml[:len(saml)-len("&SAMLAssertion=")], 413},
		"no action in 64 KiB":                            {"Version=2011-06-15&X=" + plus[:unknownBody+oneRead], 413},
		"no action in less":                              {"Version=2011-06-15&X=" + plus[:60_000], 302},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, form(c.body))
			if w.Code != c.status {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
		})
	}
}

// failing is a body that breaks off.
type failing struct {
	io.Reader
	err error
}

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err == io.EOF {
		err = f.err
	}
	return n, err
}

// withStatus is an error with a status of HTTP.
type withStatus int

func (s withStatus) Error() string   { return http.StatusText(int(s)) }
func (s withStatus) HTTPStatus() int { return int(s) }

// The status of a body that cannot be read is the error's, and what there is no room
// for gets an answer that the SDKs understand.
func TestBodiesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"broken off": {errors.New("broken"), 400, ""},
		"late":       {withStatus(408), 408, ""},
		"no room":    {withStatus(503), 503, "ServiceUnavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen []awsapi.Exchange
			o := options()
			o.Observe = func(x awsapi.Exchange) { seen = append(seen, x) }
			const body = "Action=GetCallerIdentity&Version=2011-06-15"
			r := form(body)
			sign(t, r, "sts", body)
			r.Body = io.NopCloser(failing{strings.NewReader("Action=G"), c.err})
			w := httptest.NewRecorder()
			newHandler(t, allOperations(empty), o).ServeHTTP(w, r)
			if w.Code != c.status || strings.Contains(w.Body.String(), "<Code>") != (c.code != "") ||
				!strings.Contains(w.Body.String(), c.code) {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			if len(seen) > 0 != (c.code != "") || len(seen) > 0 && seen[0].Code != c.code {
				t.Errorf("recorded: %+v", seen)
			}
		})
	}
}

// What a hostile body makes the server allocate, whoever sends it. It is not
// parallel: others would allocate too.
func TestHostileBodiesTakeLittleMemory(t *testing.T) {
	const call = "Action=GetUser&Version=2010-05-08&"
	many := call + strings.Repeat("a&", (wholeBody-len(call))/2)
	most := call + strings.Repeat("UserName=a%2B&", 399_000)
	long := call + "UserName=" + strings.Repeat("%61", (wholeBody-len(call))/3-10)
	h := newHandler(t, allOperations(empty), options())
	for _, c := range []struct {
		name   string
		body   string
		signed bool
		status int
		most   uint64 // bytes
	}{
		{"5,000,000 parameters of nobody", many, false, 403, 1 << 20},
		{"5,000,000 parameters", many, true, 413, 24 << 20},
		{"399,000 parameters", most, true, 200, 48 << 20},
		{"one long parameter", long, true, 400, 32 << 20},
	} {
		r := form("")
		r.ContentLength = int64(len(c.body))
		if c.signed {
			sign(t, r, "iam", c.body)
		}
		r.Body = io.NopCloser(strings.NewReader(c.body))
		w := httptest.NewRecorder()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		h.ServeHTTP(w, r)
		runtime.ReadMemStats(&after)
		got := after.TotalAlloc - before.TotalAlloc
		t.Logf("%s: %d KiB", c.name, got>>10)
		if w.Code != c.status || got > c.most {
			t.Errorf("%s: answered %d after allocating %d bytes; want %d and at most %d", c.name, w.Code, got, c.status, c.most)
		}
	}
}

// The bound of parameters is above what fits into the longest body if every
// parameter is one that the operation reads.
func TestNoCallHasTooManyParameters(t *testing.T) {
	t.Parallel()
	m := model.New()
	for _, op := range sdkOperations() {
		for _, s := range m.Services {
			if s.Name != op.service {
				continue
			}
			for i := range op.in.NumField() {
				f := op.in.Field(i)
				if bytesOfElement(&s, op.in.Name(), f) == 0 {
					continue
				}
				// Indexes below 100,000 are shorter than six digits.
				if n := (wholeBody + 5*9 + 4*90 + 3*900 + 2*9000 + 90_000) / bytesOfElement(&s, op.in.Name(), f); n >= 400_000 {
					t.Errorf("%s can have %d of %s", op.name, n, f.Name)
				}
			}
		}
	}
}

// bytesOfElement is how short an element of a list without a limit can be in a form,
// with an index of six digits; 0 for other members. Those of structures are longer.
func bytesOfElement(s *awsapi.Service, input string, f reflect.StructField) int {
	if f.Type.Kind() != reflect.Slice {
		return 0
	}
	for _, st := range s.Structs {
		if st.Name != input {
			continue
		}
		for _, m := range st.Members {
			if !strings.EqualFold(m.Name, f.Name) || s.Shapes[m.Shape].HasMax {
				continue
			}
			value := 0
			if e := s.Shapes[s.Shapes[m.Shape].Elem]; f.Type.Elem().Kind() == reflect.String {
				value = int(e.Min)
				for i, v := range e.Enum {
					if i == 0 || len(v) < value {
						value = len(v)
					}
				}
			}
			return len(m.Name+".member.000000=&") + value
		}
	}
	return 0
}

// A body is read and hashed in pieces, of whatever size they come.
func TestBodiesInPieces(t *testing.T) {
	t.Parallel()
	var got int
	h := newHandler(t, []awsapi.Operation{awsapi.Op(func(_ context.Context, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
		got = len(*in.Policy)
		return &sts.AssumeRoleOutput{}, nil
	})}, func() awsapi.Options { o := options(); o.Model = lenient(); return o }())
	for _, n := range []int{0, 1, 100, oneRead, oneRead + 1, unknownBody, unknownBody + 1, 1_000_000} {
		for _, piece := range []int{1, 4096, oneRead, 1 << 20} {
			if piece == 1 && n > oneRead {
				continue
			}
			for _, announced := range []bool{true, false} {
				body := "Action=AssumeRole&Version=2011-06-15&Policy=" + strings.Repeat("p", n)
				r := form(body)
				if !announced {
					r.ContentLength = -1
				}
				sign(t, r, "sts", body)
				r.Body = io.NopCloser(pieces{bytes.NewReader([]byte(body)), piece})
				w := httptest.NewRecorder()
				got = -1
				h.ServeHTTP(w, r)
				if w.Code != 200 || got != n {
					t.Errorf("%d bytes in pieces of %d: answered %d, read %d", n, piece, w.Code, got)
				}
			}
		}
	}
}

// pieces are at most so long.
type pieces struct {
	io.Reader
	most int
}

func (p pieces) Read(b []byte) (int, error) { return p.Reader.Read(b[:min(len(b), p.most)]) }

// Action and Version are found as the list of all parameters has them.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		"Action=a&Version=b", "Version=&Action=", "Action", "Action=1&Action=2", "%41ction=x&Versio%6e=y", "%41%63%74%69%6f%6e=z",
		"a=%&Action=b", "Action=%zz&Action=b",
		"Action=+%ff&&=&Action", "XAction=1&action=2",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, form string) {
		action, version, whole := awsapi.Scan(form)
		wantAction, wantVersion, ok := awsapi.Find(form)
		if whole != ok {
			t.Errorf("%q is a form: %v and %v", form, whole, ok)
		}
		if ok && (!reflect.DeepEqual(action, wantAction) || !reflect.DeepEqual(version, wantVersion)) {
			t.Errorf("%q has %v and %v; want %v and %v", form, action, version, wantAction, wantVersion)
		}
	})
}
