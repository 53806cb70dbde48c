package awsapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi"
)

// errorType is the header of AWS's errors as it is sent, which is not the form of net/http.
var errorType = "x-amzn-ErrorType"

// An API of our own that speaks REST has members at each place, and unions.
type (
	PartsInput struct {
		Id    *string
		Size  *int32
		Ratio *float64
		On    *bool
		At    *time.Time
		Names []string
		Kind  *Kind
	}

	PartsOutput struct {
		Sent   *PartsInputs
		At     *time.Time
		Choice Choice
		More   []Choice
	}

	PartsInputs PartsInput // the SDK has no input in an output

	Choice       interface{ isChoice() }
	ChoiceNumber struct{ Value int32 }
	ChoiceText   struct{ Value string }
	ChoiceKind   struct{ Value Kind }

	// TooMany is an exception as the SDK has them.
	TooMany struct {
		Message           *string
		ErrorCodeOverride *string
		Limit             *int32
		RetryAfter        *int32
	}
)

func (*ChoiceNumber) isChoice() {}
func (*ChoiceText) isChoice()   {}
func (*ChoiceKind) isChoice()   {}

func (e *TooMany) Error() string                 { return "TooMany: " + *e.Message }
func (e *TooMany) ErrorCode() string             { return "TooMany" }
func (e *TooMany) ErrorMessage() string          { return *e.Message }
func (e *TooMany) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// restModel is the model of an API that speaks REST, beside those that do not.
func restModel() *awsapi.Model {
	body := []awsapi.Member{{Name: "at", ISO: true}, {Name: "names", Shape: 1}, {Name: "kind"}}
	sent := append([]awsapi.Member{{Name: "id"}, {Name: "size"}, {Name: "ratio"}, {Name: "on"}}, body...)
	m := options().Model
	m.Services = append(m.Services, awsapi.Service{
		Name: "awsapi_test", Version: "1", EchoValues: true,
		Operations: []awsapi.OperationModel{{
			Name: "Parts", Method: "PUT", Path: "/parts/{id}/all", Errors: []string{"InternalServerException", "TooMany"},
		}},
		Structs: []awsapi.Struct{
			{Name: "Choice", Members: []awsapi.Member{{Name: "number"}, {Name: "text"}, {Name: "kind"}}},
			{Name: "Kind", Members: []awsapi.Member{{Name: "Name"}}},
			{Name: "PartsInput", Members: append([]awsapi.Member{
				{Name: "id", In: awsapi.InPath, Required: true}, {Name: "size", In: awsapi.InQuery, Shape: 2},
				{Name: "ratio", In: awsapi.InQuery}, {Name: "on", In: awsapi.InQuery},
			}, body...)},
			{Name: "PartsInputs", Members: sent},
			{Name: "PartsOutput", Members: []awsapi.Member{{Name: "sent"}, {Name: "at"}, {Name: "choice"}, {Name: "more"}}},
			{Name: "TooMany", Members: []awsapi.Member{{Name: "message"}, {Name: "limit"}, {Name: "retryAfter", In: awsapi.InHeader}}},
		},
		Unions: []awsapi.Union{{Name: "Choice", Types: []reflect.Type{
			reflect.TypeFor[ChoiceNumber](), reflect.TypeFor[ChoiceText](), reflect.TypeFor[ChoiceKind](),
		}}},
		Shapes:     []awsapi.Shape{{}, {HasMax: true, Max: 2}, {HasMin: true, Min: 1, HasMax: true, Max: 9}},
		Exceptions: []reflect.Type{reflect.TypeFor[TooMany]()},
		Statuses: []awsapi.Status{
			{Code: "AccessDeniedException", HTTP: 403}, {Code: "InternalServerException", HTTP: 500},
			{Code: "InvalidSignatureException", HTTP: 403}, {Code: "MissingAuthenticationTokenException", HTTP: 403},
			{Code: "SerializationException", HTTP: 400}, {Code: "TooMany", HTTP: 409}, {Code: "ValidationException", HTTP: 400},
		},
	})
	return m
}

func restHandler(t testing.TB, o awsapi.Options, f func(context.Context, *PartsInput) (*PartsOutput, error)) http.Handler {
	t.Helper()
	o.Model = restModel()
	return newHandler(t, append(allOperations(empty), awsapi.Op(f)), o)
}

// put is a PUT of a document, not yet signed.
func put(target, document string) *http.Request {
	r := httptest.NewRequest(http.MethodPut, "http://parts.example"+target, strings.NewReader(document))
	r.Header.Set("Content-Type", "application/json")
	return r
}

func serve(t testing.TB, h http.Handler, r *http.Request, service, body string) *httptest.ResponseRecorder {
	t.Helper()
	if service != "" {
		sign(t, r, service, body)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Members are read from the path, the query and the document, and each kind is answered.
func TestREST(t *testing.T) {
	t.Parallel()
	var got *PartsInput
	h := restHandler(t, options(), func(_ context.Context, in *PartsInput) (*PartsOutput, error) {
		got = in
		return &PartsOutput{
			Sent: (*PartsInputs)(in), At: in.At, Choice: &ChoiceNumber{0},
			More: []Choice{&ChoiceText{"<"}, &ChoiceKind{Kind{aws.String("k")}}},
		}, nil
	})
	const body = `{"at":"2026-01-02T04:04:05.25+01:00","names":["a",null,"b"],"kind":{"Name":"c"},"other":1,"size":7,"id":"no"}`
	w := serve(t, h, put("/parts/a%2Fb%20%C3%A9/all?size=3&ratio=-1.5e1&on=true&size=4&other=%2B", body), "awsapi_test", body)
	at := now.Add(250 * time.Millisecond)
	want := &PartsInput{Id: aws.String("a/b é"), Size: aws.Int32(3), Ratio: aws.Float64(-15), On: aws.Bool(true), At: &at,
		Names: []string{"a", "b"}, Kind: &Kind{aws.String("c")}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("input (-want +got):\n%s", diff)
	}
	const answered = `{"sent":{"id":"a/b é","size":3,"ratio":-15,"on":true,"at":"2026-01-02T03:04:05Z","names":["a","b"],"kind":{"Name":"c"}},` +
		`"at":1767323045,"choice":{"number":0},"more":[{"text":"\u003c"},{"kind":{"Name":"k"}}]}`
	if w.Code != http.StatusOK || w.Body.String() != answered {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if h := w.Header(); h.Get("Content-Type") != "application/json" || h[requestIDHeader][0] != fixed || h[errorType] != nil {
		t.Errorf("headers: %v", h)
	}
	if w := serve(t, h, put("/parts/x/all", ""), "awsapi_test", ""); w.Code != http.StatusOK || got.Size != nil {
		t.Errorf("no document: %d %s", w.Code, w.Body)
	}
}

// Which requests are calls in REST of what is served here: the scope of the signature says
// it, or the host of a request without one, with the method and the path.
func TestRESTRoutes(t *testing.T) {
	t.Parallel()
	o := options()
	o.Elsewhere = elsewhere{}
	h := restHandler(t, o, func(_ context.Context, in *PartsInput) (*PartsOutput, error) {
		return &PartsOutput{Choice: &ChoiceText{*in.Id}}, nil
	})
	for name, c := range map[string]struct {
		method, host, target, service string
		want                          string // how the answer begins
	}{
		"the operation":                   {"PUT", "", "/parts/x/all", "awsapi_test", `{"choice":{"text":"x"}}`},
		"another method":                  {"POST", "", "/parts/x/all", "awsapi_test", "elsewhere"},
		"another path":                    {"PUT", "", "/parts/x", "awsapi_test", "elsewhere"},
		"a path that goes on":             {"PUT", "", "/parts/x/all/y", "awsapi_test", "elsewhere"},
		"a slash at the end":              {"PUT", "", "/parts/x/all/", "awsapi_test", "elsewhere"},
		"an empty label":                  {"PUT", "", "/parts//all", "awsapi_test", "elsewhere"},
		"another service":                 {"PUT", "", "/parts/x/all", "s3", "elsewhere"},
		"a service of the query protocol": {"PUT", "", "/parts/x/all", "iam", "<UnknownOperationException/>"},
		"nobody, by the host":             {"PUT", "AWSapi_test.us-east-1.amazonaws.com:443", "/parts/x/all", "", `{"message":"Request is missing`},
		"nobody":                          {"PUT", "", "/parts/x/all", "", "<UnknownOperationException/>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := put(c.target, "{}")
			r.Method = c.method
			if c.host != "" {
				r.Host = c.host
			}
			if w := serve(t, h, r, c.service, "{}"); !strings.HasPrefix(w.Body.String(), c.want) {
				t.Errorf("got %d %s; want %s...", w.Code, w.Body, c.want)
			}
		})
	}
}

// Errors have their code in a header and their members in the document.
func TestErrorsInREST(t *testing.T) {
	t.Parallel()
	const path = "/parts/x/all"
	tooMany := &TooMany{Message: aws.String("too many"), Limit: aws.Int32(0), RetryAfter: aws.Int32(5)}
	for name, c := range map[string]struct {
		target, body string
		method, deny error
		status       int
		code, want   string
	}{
		"an exception":          {path, "", tooMany, nil, 409, "TooMany", `{"message":"too many","limit":0}`},
		"one that is wrapped":   {path, "", fmt.Errorf("x: %w", tooMany), nil, 409, "TooMany", `{"message":"too many","limit":0}`},
		"an error without code": {path, "", errors.New("broken"), nil, 500, "InternalServerException", `{"message":"The request processing has failed because of an unknown error, exception or failure."}`},
		"a denial": {path, "", nil, &smithy.GenericAPIError{Code: "AccessDenied", Message: "No"}, 403,
			"AccessDeniedException", `{"message":"No"}`},
		"a number of the query":  {path + "?size=10", "", nil, nil, 400, "ValidationException", `{"message":"1 validation error detected: Value '10' at 'size' failed to satisfy constraint: Member must have value less than or equal to 9"}`},
		"what is not a number":   {path + "?size=x", "", nil, nil, 400, "SerializationException", `{"message":"STRING_VALUE can not be converted to an Integer"}`},
		"a number that is empty": {path + "?size=", "", nil, nil, 400, "SerializationException", `{"message":"STRING_VALUE can not be converted to an Integer"}`},
		"a number with a tail":   {path + "?size=1+2", "", nil, nil, 400, "SerializationException", `{"message":"STRING_VALUE can not be converted to an Integer"}`},
		"a flag that is a word":  {path + "?on=yes", "", nil, nil, 400, "SerializationException", `{"message":"STRING_VALUE can not be converted to an Boolean"}`},
		"a flag that is a list":  {path + "?on=%5B%5D", "", nil, nil, 400, "SerializationException", `{"message":"Start of list found where not expected"}`},
		"a time":                 {path, `{"at":"today"}`, nil, nil, 400, "SerializationException", `{"message":""}`},
		"a time in seconds":      {path, `{"at":1}`, nil, nil, 400, "SerializationException", `{"message":"NUMBER_VALUE can not be converted to a Date"}`},
		"a list as document":     {path, `[]`, nil, nil, 400, "SerializationException", `{"message":"Start of list found where not expected"}`},
		"what is not JSON":       {path, `{`, nil, nil, 400, "SerializationException", `{"message":""}`},
		"a list that is too long": {path, `{"names":["a","b","c"]}`, nil, nil, 400, "ValidationException",
			`{"message":"1 validation error detected: Value '[a, b, c]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 2"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.Authorizer = allow{c.deny}
			var seen awsapi.Exchange
			o.Observe = func(x awsapi.Exchange) { seen = x }
			h := restHandler(t, o, func(context.Context, *PartsInput) (*PartsOutput, error) { return nil, c.method })
			w := serve(t, h, put(c.target, c.body), "awsapi_test", c.body)
			if w.Code != c.status || w.Body.String() != c.want || w.Header()[errorType][0] != c.code {
				t.Errorf("got %d %v %s\nwant %d %s %s", w.Code, w.Header(), w.Body, c.status, c.code, c.want)
			}
			if seen.Code != c.code || seen.Service != "awsapi_test" || seen.Operation != "Parts" {
				t.Errorf("observed %s of %s %s", seen.Code, seen.Service, seen.Operation)
			}
		})
	}
}

// A signature is of the whole request, and the body of a caller whom nobody knows is not read.
func TestSignaturesInREST(t *testing.T) {
	t.Parallel()
	h := restHandler(t, options(), func(context.Context, *PartsInput) (*PartsOutput, error) { return &PartsOutput{}, nil })
	r := put("/parts/x/all", "{}")
	sign(t, r, "awsapi_test", "{}")
	r.Body = io.NopCloser(strings.NewReader("{ }"))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 403 || w.Header()[errorType][0] != "InvalidSignatureException" {
		t.Errorf("another body: %d %v", w.Code, w.Header())
	}
	body := &counted{Reader: strings.NewReader(strings.Repeat(" ", 1<<20))}
	r = put("/parts/x/all", "")
	r.Host, r.Body, r.ContentLength = "awsapi_test.local", io.NopCloser(body), 1<<20
	if w := serve(t, h, r, "", ""); w.Code != 403 || body.read > unknownBody+oneRead {
		t.Errorf("nobody: %d; %d bytes were read", w.Code, body.read)
	}
}

// Whatever a call in REST says, it is read or refused with a code of AWS, and twice the
// same; what is read can be answered.
func FuzzDecodeREST(f *testing.F) {
	for _, s := range [][3]string{
		{"x", "", ""}, {"a/b", "size=3&on=true&ratio=1e400", `{"at":"2026-01-02T03:04:05Z","names":["a"],"kind":{"Name":null}}`},
		{"é", "size=99999999999999999999&on=TRUE", `{"names":{},"kind":[]}`}, {"", "size=NaN&ratio=0x1p4", `[`}, {"x", "%", `{"at":-1}`},
		{"x", "size=1%00", `{"id":"y","size":"z","at":"0000-01-01T00:00:00+23:59"}`},
	} {
		f.Add(s[0], s[1], s[2])
	}
	h := restHandler(f, options(), func(context.Context, *PartsInput) (*PartsOutput, error) { return nil, nil })
	f.Fuzz(func(t *testing.T, label, query, document string) {
		in, err := awsapi.DecodeREST(h, "awsapi_test", "Parts", label, query, document)
		if code := failureOf(t, err).Code; err != nil && code != "SerializationException" && code != "ValidationError" {
			t.Errorf("%v", err)
		}
		again, err2 := awsapi.DecodeREST(h, "awsapi_test", "Parts", label, query, document)
		if diff := equal(in, again); diff != "" || failureOf(t, err) != failureOf(t, err2) {
			t.Errorf("decoded twice: %v, %v\n%s", err, err2, diff)
		}
		if err == nil {
			awsapi.EncodeREST(h, "awsapi_test", "Parts", &PartsOutput{Sent: (*PartsInputs)(in.(*PartsInput))})
		}
	})
}
