package awsapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi"
)

// jsonModel is the model of an API that speaks JSON, beside those that do not.
func jsonModel() *awsapi.Model {
	m := kindsModel()
	s := &m.Services[0]
	s.Target, s.JSON, s.EchoValues, s.Operations[0].Unsigned = "Kinds_1", false, true, false
	s.Operations[0].Errors = []string{"KindlessException"}
	s.Statuses = []awsapi.Status{{Code: "KindlessException", HTTP: 409}}
	m.Services = append(options().Model.Services, m.Services...)
	return m
}

// jsonHandler answers the operation Kinds with what f returns.
func jsonHandler(t testing.TB, o awsapi.Options, f func(context.Context, *KindsInput) (*KindsOutput, error)) http.Handler {
	t.Helper()
	o.Model = jsonModel()
	return newHandler(t, append(allOperations(empty), awsapi.Op(f)), o)
}

// echoKinds answers what it was sent.
func echoKinds(_ context.Context, in *KindsInput) (*KindsOutput, error) {
	return (*KindsOutput)(in), nil
}

// call is a POST of a document to an operation, not yet signed.
func call(target, document string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://kinds.example/", strings.NewReader(document))
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	return r
}

// send signs a document for a service, sends it and returns the answer.
func send(t testing.TB, h http.Handler, service, document string) *httptest.ResponseRecorder {
	t.Helper()
	r := call("Kinds_1.Kinds", document)
	sign(t, r, service, document)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Every kind of member goes both ways.
func TestKindsInJSON(t *testing.T) {
	t.Parallel()
	var got *KindsInput
	h := jsonHandler(t, options(), func(ctx context.Context, in *KindsInput) (*KindsOutput, error) {
		got = in
		return echoKinds(ctx, in)
	})
	const sent = `{"At":1767323045.25,"Data":"/wA=","Ratio":-1.5e3,"Count":-9223372036854775808,"On":true,"Names":["a",null,"é<&>"],` +
		`"Inner":{"Name":"c","Unknown":[{}]},"Inners":[{"Name":"d"},{},{"Name":null}],"Amounts":{"f":8,"e":7,"g":null},"Other":1}`
	w := send(t, h, "awsapi_test", sent)
	at := now.Add(250 * time.Millisecond)
	want := &KindsInput{At: &at, Data: []byte{255, 0}, Ratio: aws.Float64(-1500), Count: -1 << 63, On: true, Names: []string{"a", "é<&>"},
		Inner: &Kind{aws.String("c")}, Inners: []Kind{{aws.String("d")}, {}, {}}, Amounts: map[string]int32{"e": 7, "f": 8}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("input (-want +got):\n%s", diff)
	}
	const answered = `{"At":1767323045,"Data":"/wA=","Ratio":-1500,"Count":-9223372036854775808,"On":true,"Names":["a","é\u003c\u0026\u003e"],` +
		`"Inner":{"Name":"c"},"Inners":[{"Name":"d"},{},{}],"Amounts":{"e":7,"f":8}}`
	if w.Code != http.StatusOK || w.Body.String() != answered {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	header := w.Header()
	if header.Get("Content-Type") != "application/x-amz-json-1.1" || header[requestIDHeader][0] != fixed {
		t.Errorf("headers: %v", header)
	}
	if w := send(t, h, "awsapi_test", "{}"); w.Body.String() != `{"Count":0,"On":false}` {
		t.Errorf("an input without members: %d %s", w.Code, w.Body)
	}
}

// elsewhere answers what is not served.
type elsewhere struct{}

func (elsewhere) Takes(r *http.Request) bool                       { return r.Header.Get("X-Amz-Target") != "" }
func (elsewhere) ServeHTTP(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "elsewhere") }

// Which requests are calls in JSON of what is served here. The scope of the signature
// does not matter for that.
func TestTargets(t *testing.T) {
	t.Parallel()
	o := options()
	o.Elsewhere = elsewhere{}
	h := jsonHandler(t, o, echoKinds)
	const user = "Action=GetUser&Version=2010-05-08"
	for name, c := range map[string]struct {
		spoil   func(r *http.Request)
		service string
		body    string
		want    string // how the answer begins
	}{
		"the operation":                 {func(*http.Request) {}, "awsapi_test", "{}", `{"Count"`},
		"a namespace before it":         {setTarget("com.example.kinds.v1.Kinds_1.Kinds"), "awsapi_test", "{}", `{"Count"`},
		"no content type":               {func(r *http.Request) { r.Header.Del("Content-Type") }, "awsapi_test", "{}", `{"Count"`},
		"the scope of another service":  {func(*http.Request) {}, "s3", "{}", `{"__type":"InvalidSignatureException"`},
		"the scope of IAM":              {func(*http.Request) {}, "iam", "{}", `{"__type":"InvalidSignatureException"`},
		"an operation that is not here": {setTarget("Kinds_1.Others"), "awsapi_test", "{}", "elsewhere"},
		"another version":               {setTarget("Kinds_2.Kinds"), "awsapi_test", "{}", "elsewhere"},
		"a service alone":               {setTarget("Kinds_1"), "awsapi_test", "{}", "elsewhere"},
		"an empty target":               {setTarget(""), "awsapi_test", "{}", "elsewhere"},
		"two targets": {func(r *http.Request) {
			r.Header.Add("X-Amz-Target", "Kinds_1.Kinds")
		}, "awsapi_test", "{}", "elsewhere"},
		"another path":   {func(r *http.Request) { r.URL.Path = "/kinds" }, "awsapi_test", "{}", "elsewhere"},
		"another method": {func(r *http.Request) { r.Method = http.MethodPut }, "awsapi_test", "{}", "elsewhere"},
		"a form of IAM with the header": {func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}, "iam", user, "<GetUserResponse"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := call("Kinds_1.Kinds", c.body)
			c.spoil(r)
			sign(t, r, c.service, c.body)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if !strings.HasPrefix(w.Body.String(), c.want) {
				t.Errorf("got %d %s; want %s...", w.Code, w.Body, c.want)
			}
		})
	}
}

func setTarget(target string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("X-Amz-Target", target) }
}

// The errors that every service has are answered under the codes of JSON, with the texts
// of the query protocol.
func TestErrorsInJSON(t *testing.T) {
	t.Parallel()
	failing := func(err error) func(*awsapi.Options) {
		return func(o *awsapi.Options) {
			o.Disturb = func(ctx context.Context, _ awsapi.Claim) (context.Context, error) { return ctx, err }
		}
	}
	noSpoil := func(*http.Request) {}
	for name, c := range map[string]struct {
		options func(*awsapi.Options)
		spoil   func(*http.Request)
		method  error // of the operation
		status  int
		body    string
	}{
		"a denial": {func(o *awsapi.Options) {
			o.Authorizer = allow{&smithy.GenericAPIError{Code: "AccessDenied", Message: `Not "you"`}}
		}, noSpoil, nil, 400, `{"__type":"AccessDeniedException","message":"Not \"you\""}`},
		"a key that is unknown": {nil, func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), keyID, "AKIAUNKNOWN", 1))
		}, nil, 400, `{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}`},
		"a wrong signature": {nil, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{ }")) }, nil, 400,
			`{"__type":"InvalidSignatureException","message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}`},
		"no signature": {nil, func(r *http.Request) { r.Header.Del("Authorization") }, nil, 400,
			`{"__type":"MissingAuthenticationTokenException","message":"Request is missing Authentication Token"}`},
		"half a signature": {nil, func(r *http.Request) {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential")
		}, nil, 400, `{"__type":"IncompleteSignatureException","message":"'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Credential'."}`},
		"throttling, which was asked for": {failing(&asked{"Throttling", true}), noSpoil, nil, 400,
			`{"__type":"ThrottlingException","message":"asked for"}`},
		"an expired token, which was asked for": {failing(&asked{"ExpiredToken", true}), noSpoil, nil, 400,
			`{"__type":"ExpiredTokenException","message":"asked for"}`},
		"an error that was asked for by its code": {failing(&asked{"AccessDenied", false}), noSpoil, nil, 403,
			`{"__type":"AccessDenied","message":"asked for"}`},
		"an error of the operation": {nil, noSpoil, &smithy.GenericAPIError{Code: "KindlessException", Message: "no kind"}, 409,
			`{"__type":"KindlessException","message":"no kind"}`},
		"an error without a message": {nil, noSpoil, &smithy.GenericAPIError{Code: "KindlessException"}, 409,
			`{"__type":"KindlessException"}`},
		"an error without a code": {nil, noSpoil, errors.New("broken"), 500,
			`{"__type":"InternalFailure","message":"The request processing has failed because of an unknown error, exception or failure."}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			if c.options != nil {
				c.options(&o)
			}
			var seen awsapi.Exchange
			o.Observe = func(x awsapi.Exchange) { seen = x }
			h := jsonHandler(t, o, func(context.Context, *KindsInput) (*KindsOutput, error) { return nil, c.method })
			r := call("Kinds_1.Kinds", "{}")
			sign(t, r, "awsapi_test", "{}")
			c.spoil(r)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.status || w.Body.String() != c.body {
				t.Errorf("got %d %s\nwant %d %s", w.Code, w.Body, c.status, c.body)
			}
			if w.Header().Get("Content-Type") != "application/x-amz-json-1.1" {
				t.Errorf("content type %q", w.Header().Get("Content-Type"))
			}
			if !strings.Contains(c.body, `"`+seen.Code+`"`) || seen.Service != "awsapi_test" || seen.Operation != "Kinds" {
				t.Errorf("observed %s of %s %s", seen.Code, seen.Service, seen.Operation)
			}
		})
	}
}

// asked is an error that somebody asked for; generic: each service has its own code for it.
type asked struct {
	code    string
	generic bool
}

func (e *asked) Error() string                 { return e.code }
func (e *asked) ErrorCode() string             { return e.code }
func (e *asked) ErrorMessage() string          { return "asked for" }
func (e *asked) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }
func (e *asked) Generic() bool                 { return e.generic }

// Of a caller whom nobody knows only the beginning of a body is read; of others no more
// than any input has.
func TestLongBodiesInJSON(t *testing.T) {
	t.Parallel()
	h := jsonHandler(t, options(), echoKinds)
	document := func(bytes int) string { return `{"Names":["` + strings.Repeat("a", bytes-14) + `"]}` }
	if w := send(t, h, "awsapi_test", document(1<<20)); w.Code != http.StatusOK {
		t.Errorf("1 MiB: %d %.100s", w.Code, w.Body)
	}
	if w := send(t, h, "awsapi_test", document(1<<20+1)); w.Code != http.StatusRequestEntityTooLarge || w.Body.Len() > 0 {
		t.Errorf("a byte more: %d %.100s", w.Code, w.Body)
	}
	body := &counted{Reader: strings.NewReader(document(1 << 20))}
	r := call("Kinds_1.Kinds", "")
	r.Body, r.ContentLength = io.NopCloser(body), 1<<20
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "MissingAuthenticationTokenException") || body.read > unknownBody+oneRead {
		t.Errorf("nobody: %d %.100s; %d bytes were read", w.Code, w.Body, body.read)
	}
}
