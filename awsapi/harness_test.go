package awsapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"crypto/sha256"
	"encoding/hex"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/awsapi/model"
	nextiam "github.com/understudy-iam/understudy/awsapi/next/iam"
	nextsts "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/principal"
)

// now is the time of every test.
var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	keyID  = "AKIAIOSFODNN7EXAMPLE"
	secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	fixed  = "11111111-2222-4333-8444-555555555555" // the request ID of every answer
)

// keys knows one credential.
type keys struct{}

func (keys) Lookup(_ context.Context, id, token, _ string) (awsapi.Credential, error) {
	if id != keyID || token != "" {
		return awsapi.Credential{}, &smithy.GenericAPIError{
			Code: "InvalidClientTokenId", Message: "The security token included in the request is invalid.",
		}
	}
	return awsapi.Credential{
		Secret: secret, Principal: principal.Principal{Kind: principal.Root, AccountID: "123456789012", AccessKeyID: id},
	}, nil
}

// allow is an authorizer of one mind; deny, if set, is the answer.
type allow struct{ deny error }

func (a allow) Authorize(ctx context.Context, _ string, _ any) (context.Context, error) {
	return ctx, a.deny
}

// options are good for every handler of the tests.
func options() awsapi.Options {
	return awsapi.Options{
		Model:       model.New(),
		Credentials: keys{},
		Authorizer:  allow{},
		Now:         func() time.Time { return now },
		NewID:       func() string { return fixed },
	}
}

// queryModel is the model of the services that speak the query protocol.
func queryModel() *awsapi.Model {
	m := model.New()
	m.Services = slices.DeleteFunc(m.Services, func(s awsapi.Service) bool { return s.Target != "" || s.Operations[0].Path != "" })
	return m
}

// lenient is the model without its constraints, for inputs that obey none.
func lenient() *awsapi.Model {
	m := model.New()
	for i := range m.Services {
		s := &m.Services[i]
		s.Shapes = make([]awsapi.Shape, len(s.Shapes))
		s.Structs = slices.Clone(s.Structs)
		for j := range s.Structs {
			members := slices.Clone(s.Structs[j].Members)
			for k := range members {
				members[k].Required, members[k].Plain = false, ""
			}
			s.Structs[j].Members = members
		}
	}
	return m
}

// sdkOperation is an operation as the SDK's client has it.
type sdkOperation struct {
	service, name string
	in, out       reflect.Type
}

// ours are the types that have members which the SDK's lack, by "iam.CreateUserInput".
var ours = func() map[string]reflect.Type {
	byName := map[string]reflect.Type{}
	for _, t := range []reflect.Type{
		reflect.TypeFor[nextiam.CreateOpenIDConnectProviderInput](), reflect.TypeFor[nextiam.GetOpenIDConnectProviderOutput](),
		reflect.TypeFor[nextiam.CreateSAMLProviderInput](), reflect.TypeFor[nextiam.GetSAMLProviderOutput](),
		reflect.TypeFor[nextiam.UpdateSAMLProviderInput](),
		reflect.TypeFor[nextsts.AssumeRoleWithSAMLOutput](), reflect.TypeFor[nextsts.AssumeRoleWithWebIdentityOutput](),
		reflect.TypeFor[nextsts.GetWebIdentityTokenInput](),
	} {
		byName[t.String()] = t
	}
	return byName
}()

// served is the type with which an operation is served, for the SDK's.
func served(t reflect.Type) reflect.Type {
	if our := ours[t.String()]; our != nil {
		return our
	}
	return t
}

// asSDK is what the SDK's type t holds of v, a pointer to the type with which the
// operation is served.
func asSDK(t reflect.Type, v any) any {
	if reflect.TypeOf(v).Elem() == t {
		return v
	}
	out := reflect.New(t)
	for i, from := 0, reflect.ValueOf(v).Elem(); i < from.NumField(); i++ {
		if to := out.Elem().FieldByName(from.Type().Field(i).Name); to.IsValid() {
			to.Set(from.Field(i))
		}
	}
	return out.Interface()
}

// unknownToSDK are the members of v that are set and that the SDK's type t lacks.
func unknownToSDK(t reflect.Type, v any) (names []string) {
	for i, from := 0, reflect.ValueOf(v).Elem(); i < from.NumField(); i++ {
		name := from.Type().Field(i).Name
		if _, ok := t.FieldByName(name); !ok && !from.Field(i).IsZero() {
			names = append(names, name)
		}
	}
	return names
}

// sdkOperations are the operations of both clients, sorted.
func sdkOperations() []sdkOperation {
	var list []sdkOperation
	for service, client := range map[string]reflect.Type{"iam": reflect.TypeFor[*iam.Client](), "sts": reflect.TypeFor[*sts.Client]()} {
		for i := range client.NumMethod() {
			m := client.Method(i)
			if m.Type.NumIn() != 4 || m.Type.NumOut() != 2 {
				continue // Options
			}
			list = append(list, sdkOperation{service, m.Name, m.Type.In(2).Elem(), m.Type.Out(0).Elem()})
		}
	}
	slices.SortFunc(list, func(a, b sdkOperation) int { return strings.Compare(a.service+a.name, b.service+b.name) })
	return list
}

// nextOperations are those that AWS has and the SDK lacks, sorted.
var nextOperations = []struct{ service, name string }{{"iam", "UpdateOpenIDConnectProvider"}, {"sts", "GetScopedCredentials"}}

// allOperations declares every operation of the SDK, answered by f.
func allOperations(f func(op sdkOperation, in any) (any, error)) []awsapi.Operation {
	var list []awsapi.Operation
	for _, op := range sdkOperations() {
		list = append(list, awsapi.OpOf(op.name, op.service, served(op.in), served(op.out), func(_ context.Context, in any) (any, error) {
			return f(op, in)
		}))
	}
	return list
}

// empty answers every operation with nothing.
func empty(op sdkOperation, _ any) (any, error) {
	return reflect.New(served(op.out)).Interface(), nil
}

func newHandler(t testing.TB, ops []awsapi.Operation, o awsapi.Options) http.Handler {
	t.Helper()
	h, err := awsapi.NewHandler(ops, o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// sign signs a request for a service.
func sign(t testing.TB, r *http.Request, service, body string) {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	err := v4.NewSigner().SignHTTP(context.Background(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret},
		r, hex.EncodeToString(sum[:]), service, "us-east-1", now)
	if err != nil {
		t.Fatal(err)
	}
}

// form is a POST of a form to a service, not yet signed.
func form(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://iam.example/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return r
}

// post sends a signed form and returns the answer.
func post(t testing.TB, h http.Handler, service, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := form(body)
	sign(t, r, service, body)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// direct is an HTTP client's transport that calls a handler.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	in := httptest.NewRequest(r.Method, r.URL.String(), r.Body)
	in.Header = r.Header.Clone()
	in.Host, in.ContentLength = r.URL.Host, r.ContentLength
	w := httptest.NewRecorder()
	d.ServeHTTP(w, in)
	return w.Result(), nil
}

// clientOf returns the SDK's client of a service, talking to h.
func clientOf(service string, h http.Handler) reflect.Value {
	c := aws.Config{
		Region:     "us-east-1",
		HTTPClient: &http.Client{Transport: direct{h}},
		Retryer:    func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, nil
		}),
		BaseEndpoint: aws.String("http://localhost"),
	}
	if service == "iam" {
		return reflect.ValueOf(iam.NewFromConfig(c))
	}
	return reflect.ValueOf(sts.NewFromConfig(c))
}

// invoke calls an operation of the SDK's client.
func invoke(client reflect.Value, name string, in any) (any, error) {
	out := client.MethodByName(name).Call([]reflect.Value{reflect.ValueOf(context.Background()), reflect.ValueOf(in)})
	err, _ := out[1].Interface().(error)
	return out[0].Interface(), err
}

// failure is an error as AWS answers it.
type failure struct{ Code, Message string }

func failureOf(t testing.TB, err error) failure {
	t.Helper()
	if err == nil {
		return failure{}
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("got %v, not an API error", err)
	}
	return failure{api.ErrorCode(), api.ErrorMessage()}
}

// requestIDHeader is spelled as AWS sends it, which is not Go's canonical form.
var requestIDHeader = "x-amzn-RequestId"
