package awsapi_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi"
	nextiam "github.com/understudy-iam/understudy/awsapi/next/iam"
	nextsts "github.com/understudy-iam/understudy/awsapi/next/sts"
	"github.com/understudy-iam/understudy/principal"
)

// What never reaches a service: as recorded at STS.
func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	h := newHandler(t, allOperations(empty), options())
	post := func(contentType, body string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		return r
	}
	get := func(target string) *http.Request { return httptest.NewRequest(http.MethodGet, target, nil) }
	const formType = "application/x-www-form-urlencoded"
	cases := map[string]struct {
		request  *http.Request
		status   int
		location string
		body     string
	}{
		"POST of JSON":                  {post("application/json", "{}"), 302, "https://aws.amazon.com/iam", ""},
		"POST without a content type":   {post("", "Action=GetCallerIdentity"), 302, "https://aws.amazon.com/iam", ""},
		"POST without an action":        {post(formType, "Version=2011-06-15"), 302, "https://aws.amazon.com/iam", ""},
		"GET of nothing":                {get("/"), 302, "https://aws.amazon.com/iam", ""},
		"GET without an action":         {get("/?Version=2011-06-15"), 302, "https://aws.amazon.com/iam?Version=2011-06-15", ""},
		"another path":                  {get("/user?Action=GetCallerIdentity"), 404, "", "<UnknownOperationException/>"},
		"a broken triplet in the query": {get("/?Action=GetUser&UserName=%zz"), 400, "", ""},
		"a truncated triplet":           {get("/?Action=GetUser&UserName=%a"), 400, "", ""},
		"a head that is too long":       {get("/?Action=GetUser&UserName=" + strings.Repeat("a", 16<<10)), 400, "", ""},
		"a body that is too long":       {post(formType, "Action=GetUser&X="+strings.Repeat("a", 10_000_000)), 413, "", ""},
		"another method":                {httptest.NewRequest(http.MethodPut, "/", nil), 302, "https://aws.amazon.com/iam", ""},
		"a form type in capitals is a form": {post("Application/X-WWW-Form-URLEncoded; charset=UTF-8", "Version=1"), 302,
			"https://aws.amazon.com/iam", ""},
		"a long body of unknown length": {unknownLength(post(formType, "X="+strings.Repeat("a", 10_000_000))), 413, "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, c.request)
			if w.Code != c.status || w.Header().Get("Location") != c.location || w.Body.String() != c.body {
				t.Errorf("got %d, Location %q, body %q", w.Code, w.Header().Get("Location"), w.Body)
			}
			if got := w.Header()[requestIDHeader]; got != nil {
				t.Errorf("has a request ID: %q", got)
			}
		})
	}
}

func unknownLength(r *http.Request) *http.Request {
	r.ContentLength = -1
	return r
}

// The largest body is accepted, and a length that is not told is no hindrance.
func TestLargestBody(t *testing.T) {
	t.Parallel()
	h := newHandler(t, allOperations(empty), options())
	body := "Action=GetCallerIdentity&Version=2011-06-15&X="
	body += strings.Repeat("a", 10_000_000-len(body))
	r := unknownLength(form(body))
	sign(t, r, "sts", body)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// Faults of dispatch, and who is believed when several are there.
func TestFaultsOfDispatch(t *testing.T) {
	h := newHandler(t, allOperations(empty), options())
	cases := map[string]struct{ service, body, want string }{
		"unknown action": {
			"sts", "Action=NoSuchAction&Version=2011-06-15", "Could not find operation NoSuchAction for version 2011-06-15",
		},
		"unknown action, iam": {
			"iam", "Action=RunInstances&Version=2010-05-08", "Could not find operation RunInstances for version 2010-05-08",
		},
		"empty action": {"sts", "Action=&Version=2011-06-15", "Could not find operation  for version 2011-06-15"},
		"no version": {
			"sts", "Action=GetCallerIdentity", "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED",
		},
		"empty version": {"sts", "Action=GetCallerIdentity&Version=", "Could not find operation GetCallerIdentity for version "},
		"wrong version": {
			"sts", "Action=GetCallerIdentity&Version=2010-05-08", "Could not find operation GetCallerIdentity for version 2010-05-08",
		},
		"other service's": {
			"iam", "Action=GetCallerIdentity&Version=2010-05-08", "Could not find operation GetCallerIdentity for version 2010-05-08",
		},
		"the first value wins": {
			"sts", "Action=One&Action=GetCallerIdentity&Version=2011-06-15", "Could not find operation One for version 2011-06-15",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := post(t, h, c.service, c.body)
			want := `<ErrorResponse xmlns="http://webservices.amazon.com/AWSFault/2005-15-09">
  <Error>
    <Type>Sender</Type>
    <Code>InvalidAction</Code>
    <Message>` + c.want + `</Message>
  </Error>
  <RequestId>` + fixed + `</RequestId>
</ErrorResponse>
`
			if diff := cmp.Diff(want, w.Body.String()); w.Code != 400 || diff != "" {
				t.Errorf("got %d (-want +got):\n%s", w.Code, diff)
			}
		})
	}
}

// GET and POST are alike, and what a service does not know it ignores.
func TestAcceptedForms(t *testing.T) {
	t.Parallel()
	var got *string
	h := newHandler(t, []awsapi.Operation{awsapi.Op(func(_ context.Context, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
		got = in.UserName
		return &iam.GetUserOutput{}, nil
	})}, options())
	get := func(query string) *http.Request {
		return httptest.NewRequest(http.MethodGet, "http://iam.example/?"+query, nil)
	}
	cases := map[string]struct {
		request *http.Request
		body    string
	}{
		"POST": {
			form("Action=GetUser&Version=2010-05-08&UserName=a%2Bb"), "Action=GetUser&Version=2010-05-08&UserName=a%2Bb",
		},
		"GET":                  {get("Action=GetUser&Version=2010-05-08&UserName=a%2Bb"), ""},
		"the first value wins": {get("Action=GetUser&Version=2010-05-08&UserName=a%2Bb&UserName=c"), ""},
		"unknown parameters":   {get("Action=GetUser&Version=2010-05-08&UserName=a%2Bb&Colour=blue&Tags.member.0=x&UserNames=c&Z"), ""},
		"empty parts":          {get("&&Action=GetUser&Version=2010-05-08&&UserName=a%2Bb&"), ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got = nil
			sign(t, c.request, "iam", c.body)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, c.request)
			if w.Code != http.StatusOK || got == nil || *got != "a+b" {
				t.Errorf("got %d %v %s", w.Code, got, w.Body)
			}
		})
	}
}

// Authentication comes before dispatch, dispatch before the schema, the schema
// before authorization, and authorization before the method (recorded).
func TestOrderOfFaults(t *testing.T) {
	t.Parallel()
	o := options()
	o.Authorizer = allow{deny: &smithy.GenericAPIError{Code: "AccessDenied", Message: "no"}}
	served := allOperations(func(sdkOperation, any) (any, error) { return nil, errors.New("reached") })
	h := newHandler(t, served, o)
	cases := map[string]struct {
		service, body string
		spoil         func(*http.Request)
		status        int
		code          string
	}{
		"unsigned, and unknown": {"iam", "Action=X&Version=2", func(r *http.Request) { r.Header.Del("Authorization") }, 403,
			"MissingAuthenticationToken"},
		"wrong service, and unknown key": {"ec2", "Action=GetUser&Version=2010-05-08", otherKey, 403, "SignatureDoesNotMatch"},
		"unknown key, altered":           {"iam", "Action=X&Version=2", otherKey, 403, "InvalidClientTokenId"},
		"altered, and unknown action": {
			"iam", "Action=X&Version=2", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260102T030406Z") }, 403,
			"SignatureDoesNotMatch",
		},
		"unknown action":         {"iam", "Action=X&Version=2", nil, 400, "InvalidAction"},
		"bad form":               {"iam", "Action=GetUser&Version=2010-05-08&UserName=%zz", nil, 400, "MalformedQueryString"},
		"malformed, and invalid": {"iam", "Action=ListUsers&Version=2010-05-08&MaxItems=x&Marker=", nil, 400, "MalformedInput"},
		"invalid, and denied":    {"iam", "Action=ListUsers&Version=2010-05-08&MaxItems=0", nil, 400, "ValidationError"},
		"denied":                 {"iam", "Action=ListUsers&Version=2010-05-08", nil, 403, "AccessDenied"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := form(c.body)
			sign(t, r, c.service, c.body)
			if c.spoil != nil {
				c.spoil(r)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), "<Code>"+c.code+"</Code>") {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}

func otherKey(r *http.Request) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), keyID, "AKIAI44QH8DHBEXAMPLE", 1))
}

// Two operations of STS need no signature, and then the caller is anonymous.
func TestUnsignedOperations(t *testing.T) {
	t.Parallel()
	var caller *principal.Caller
	h := newHandler(t, []awsapi.Operation{awsapi.Op(func(ctx context.Context,
		_ *sts.AssumeRoleWithWebIdentityInput) (*nextsts.AssumeRoleWithWebIdentityOutput, error) {
		caller = principal.FromContext(ctx)
		return &nextsts.AssumeRoleWithWebIdentityOutput{}, nil
	})}, options())
	q := url.Values{"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleSessionName": {"s1"},
		"RoleArn": {"arn:aws:iam::123456789012:role/r"}, "WebIdentityToken": {"eyJ0"}}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, form(q.Encode()))
	if w.Code != http.StatusOK || caller == nil || caller.Kind != principal.Anonymous || caller.Request.Service != "sts" {
		t.Errorf("got %d %+v %s", w.Code, caller, w.Body)
	}
}

// The caller in the context holds the credential's principal and the facts of
// the request.
func TestCallerInContext(t *testing.T) {
	t.Parallel()
	var got principal.Caller
	o := options()
	op := awsapi.Op(func(ctx context.Context, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
		got = *principal.FromContext(ctx)
		return &sts.GetCallerIdentityOutput{}, nil
	})
	const body = "Action=GetCallerIdentity&Version=2011-06-15"
	want := principal.Caller{
		Principal: principal.Principal{Kind: principal.Root, AccountID: "123456789012", AccessKeyID: keyID},
		Request: principal.Request{ID: fixed, Time: now, Received: now, Service: "sts", Operation: "GetCallerIdentity", Region: "us-east-1",
			SourceIP: netip.MustParseAddr("192.0.2.1"), UserAgent: "curl/8", Referer: "http://a.example/"},
	}
	for _, trust := range []bool{false, true} {
		o.TrustForwardedFor = trust
		h := newHandler(t, []awsapi.Operation{op}, o)
		r := form(body)
		r.RemoteAddr = "[::ffff:192.0.2.1]:4711"
		r.Header.Set("User-Agent", "curl/8")
		r.Header.Set("Referer", "http://a.example/")
		sign(t, r, "sts", body)
		r.Header.Set("X-Forwarded-For", "2001:db8::7, 192.0.2.9")
		r.Header.Set("X-Forwarded-Proto", "https")
		h.ServeHTTP(httptest.NewRecorder(), r)
		if trust {
			want.Request.SourceIP, want.Request.SecureTransport = netip.MustParseAddr("2001:db8::7"), true
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Errorf("trust %v (-want +got):\n%s", trust, diff)
		}
	}
	o.SecureTransport = true
	for _, proto := range []string{"", "http"} {
		r := form(body)
		sign(t, r, "sts", body)
		r.Header.Set("X-Forwarded-Proto", proto)
		newHandler(t, []awsapi.Operation{op}, o).ServeHTTP(httptest.NewRecorder(), r)
		if !got.Request.SecureTransport {
			t.Errorf("with SecureTransport a request by %q is not secure", proto)
		}
	}
}

// The documents' bytes, as recorded but for the members.
func TestDocuments(t *testing.T) {
	t.Parallel()
	at := time.Date(2019, 9, 29, 22, 7, 46, 79e6, time.FixedZone("", 3600))
	fault := func(code, message string) error { return &smithy.GenericAPIError{Code: code, Message: message} }
	cases := map[string]struct {
		service, body string
		out           any
		err           error
	}{
		"list-users": {"iam", "Action=ListUsers", &iam.ListUsersOutput{
			IsTruncated: true, Marker: aws.String("m"),
			Users: []types.User{{Path: aws.String("/"), UserName: aws.String("a"), CreateDate: &at}, {}}}, nil},
		"empty-list": {"iam", "Action=ListUsers", &iam.ListUsersOutput{Users: []types.User{}}, nil},
		"list-of-strings": {
			"iam", "Action=ListAccountAliases", &iam.ListAccountAliasesOutput{AccountAliases: []string{"a", "", "b"}}, nil,
		},
		"no-output":    {"iam", "Action=DeleteUser&UserName=a", &iam.DeleteUserOutput{}, nil},
		"empty-result": {"iam", "Action=UpdateRole&RoleName=a", &iam.UpdateRoleOutput{}, nil},
		"empty-structure": {
			"iam", "Action=GetRole&RoleName=a", &iam.GetRoleOutput{
				Role: &types.Role{RoleName: aws.String(""), RoleLastUsed: &types.RoleLastUsed{}},
			}, nil,
		},
		"map": {
			"iam", "Action=GetAccountSummary", &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{"Users": 2, "Groups": 0}}, nil,
		},
		"empty-map": {"iam", "Action=GetAccountSummary", &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{}}, nil},
		"blob": {
			"iam", "Action=GetCredentialReport", &iam.GetCredentialReportOutput{Content: []byte("user,arn\n"), GeneratedTime: &at}, nil,
		},
		"milliseconds": {"iam", "Action=GetServiceLastAccessedDetails&JobId=98a765b4-3cde-2101-2345-example678f9",
			&iam.GetServiceLastAccessedDetailsOutput{JobCreationDate: &at}, nil},
		"text": {
			"iam", "Action=GetSAMLProvider&SAMLProviderArn=arn:aws:iam::1:saml-provider/a",
			&nextiam.GetSAMLProviderOutput{SAMLMetadataDocument: aws.String("<a b='1' c=\"2\">&amp;\r\n\x01\ufffe</a>")}, nil,
		},
		"caller-identity": {
			"sts", "Action=GetCallerIdentity", &sts.GetCallerIdentityOutput{Account: aws.String("1"), Arn: aws.String("2"),
				UserId: aws.String("3")}, nil,
		},
		"assume-role": {
			"sts", "Action=AssumeRole&RoleSessionName=ab&RoleArn=arn:aws:iam::123456789012:role/r",
			&sts.AssumeRoleOutput{
				Credentials: &ststypes.Credentials{
					AccessKeyId: aws.String("a"), SecretAccessKey: aws.String("b"), SessionToken: aws.String("c"), Expiration: &at,
				}, AssumedRoleUser: &ststypes.AssumedRoleUser{Arn: aws.String("d"), AssumedRoleId: aws.String("e")},
				PackedPolicySize: aws.Int32(6),
			}, nil,
		},
		"error": {
			"iam", "Action=GetUser", nil, &types.NoSuchEntityException{Message: aws.String("The user with name <x> cannot be found.")},
		},
		"error-no-message":  {"iam", "Action=GetCredentialReport", nil, &types.CredentialReportNotPresentException{}},
		"error-sts":         {"sts", "Action=GetCallerIdentity", nil, fault("AccessDenied", "it's \"no\"")},
		"error-of-a-server": {"iam", "Action=GetUser", nil, &types.ServiceFailureException{Message: aws.String("down")}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHandler(t, allOperations(func(sdkOperation, any) (any, error) { return c.out, c.err }), options())
			version := map[string]string{"iam": "2010-05-08", "sts": "2011-06-15"}[c.service]
			w := post(t, h, c.service, c.body+"&Version="+version)
			if got := w.Header().Get("Content-Type"); got != "text/xml" {
				t.Errorf("Content-Type is %q", got)
			}
			if diff := cmp.Diff([]string{fixed}, w.Header()[requestIDHeader]); diff != "" {
				t.Errorf("request ID (-want +got):\n%s", diff)
			}
			golden(t, "documents/"+name+".xml", http.StatusText(w.Code)+"\n"+w.Body.String())
		})
	}
}

// STS answers JSON where it is asked for, IAM does not.
func TestJSON(t *testing.T) {
	t.Parallel()
	at := time.Unix(1700000000, 0)
	h := newHandler(t, []awsapi.Operation{
		awsapi.Op(func(context.Context, *sts.GetSessionTokenInput) (*sts.GetSessionTokenOutput, error) {
			return &sts.GetSessionTokenOutput{Credentials: &ststypes.Credentials{AccessKeyId: aws.String(`a"b`), Expiration: &at}}, nil
		}),
		awsapi.Op(func(context.Context, *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
			return nil, &smithy.GenericAPIError{Code: "AccessDenied", Message: "no"}
		}),
		awsapi.Op(func(context.Context, *iam.ListUsersInput) (*iam.ListUsersOutput, error) {
			return &iam.ListUsersOutput{}, nil
		}),
	}, options())
	cases := map[string]struct{ service, body, contentType, want string }{
		"result": {"sts", "Action=GetSessionToken&Version=2011-06-15", "application/json",
			`{"GetSessionTokenResponse":{"GetSessionTokenResult":{"Credentials":{"AccessKeyId":"a\"b","Expiration":1700000000}},"ResponseMetadata":{"RequestId":"` + fixed + `"}}}`},
		"error": {"sts", "Action=GetCallerIdentity&Version=2011-06-15", "application/json",
			`{"Error":{"Code":"AccessDenied","Message":"no","Type":"Sender"},"RequestId":"` + fixed + `"}`},
		"iam": {"iam", "Action=ListUsers&Version=2010-05-08", "text/xml",
			"<ListUsersResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n" +
				"  <ListUsersResult>\n    <IsTruncated>false</IsTruncated>\n  </ListUsersResult>\n  <ResponseMetadata>\n    <RequestId>" +
				fixed + "</RequestId>\n  </ResponseMetadata>\n</ListUsersResponse>\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := form(c.body)
			r.Header.Set("Accept", "application/json")
			sign(t, r, c.service, c.body)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if diff := cmp.Diff(c.want, w.Body.String()); diff != "" || w.Header().Get("Content-Type") != c.contentType {
				t.Errorf("%s (-want +got):\n%s", w.Header().Get("Content-Type"), diff)
			}
		})
	}
}

// What has no code is our fault: it is logged, and the client learns nothing.
func TestOurFaults(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func() error{
		"an error without a code": func() error { return errors.New("disk on fire") },
		"a panic":                 func() error { panic("disk on fire") },
		"an abort":                func() error { panic(http.ErrAbortHandler) },
		"nothing at all":          func() error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			var seen awsapi.Exchange
			o := options()
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
			o.Observe = func(x awsapi.Exchange) { seen = x }
			h := newHandler(t, allOperations(func(sdkOperation, any) (any, error) { return (*iam.ListUsersOutput)(nil), f() }), o)
			w := post(t, h, "iam", "Action=ListUsers&Version=2010-05-08")
			if w.Code != 500 || !strings.Contains(w.Body.String(), "<Type>Receiver</Type>\n    <Code>ServiceFailure</Code>") ||
				strings.Contains(w.Body.String(), "fire") {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			for _, part := range []string{"request_id=" + fixed, "operation=ListUsers"} {
				if !strings.Contains(log.String(), part) {
					t.Errorf("the log lacks %q: %s", part, log.String())
				}
			}
			if seen.Code != "ServiceFailure" || seen.Status != 500 || seen.Err == nil {
				t.Errorf("observed %+v", seen)
			}
		})
	}
}

// A panic before the method is no less one request's fault, also of a request that
// was given trouble on purpose.
func TestPanicsBeforeTheMethod(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*awsapi.Options){
		"in the authorization": func(o *awsapi.Options) {
			o.Authorizer = awsapi.AuthorizerFunc(func(context.Context, string, any) (context.Context, error) { panic("disk on fire") })
		},
		"in the trouble": func(o *awsapi.Options) {
			o.Disturb = func(ctx context.Context, _ awsapi.Claim) (context.Context, error) {
				principal.FromContext(ctx).Request.Faults = []string{"delay"}
				panic("disk on fire")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			o := options()
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
			change(&o)
			w := post(t, newHandler(t, allOperations(empty), o), "iam", "Action=ListUsers&Version=2010-05-08")
			if w.Code != 500 || strings.Contains(w.Body.String(), "fire") {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			for _, part := range []string{"level=ERROR", "disk on fire", "protocol_test.go", "operation=ListUsers"} {
				if !strings.Contains(log.String(), part) {
					t.Errorf("the log lacks %q: %s", part, log.String())
				}
			}
		})
	}
}

// Operations whose model has no ServiceFailure answer what any operation can.
func TestOurFaultInAnOperationWithoutServiceFailure(t *testing.T) {
	t.Parallel()
	h := newHandler(t, allOperations(func(sdkOperation, any) (any, error) { return nil, errors.New("disk on fire") }), options())
	for service, call := range map[string]string{
		"iam": "Action=ListVirtualMFADevices&Version=2010-05-08", "sts": "Action=GetCallerIdentity&Version=2011-06-15",
	} {
		if w := post(t, h, service, call); w.Code != 500 || !strings.Contains(w.Body.String(), "<Code>InternalFailure</Code>") {
			t.Errorf("%s answered %d %s", call, w.Code, w.Body)
		}
	}
}

func TestObserve(t *testing.T) {
	t.Parallel()
	var seen []awsapi.Exchange
	o := options()
	o.Observe = func(x awsapi.Exchange) { seen = append(seen, x) }
	h := newHandler(t, allOperations(empty), o)
	post(t, h, "iam", "Action=GetUser&Version=2010-05-08&UserName=a")
	post(t, h, "iam", "Action=Other&Version=2010-05-08")
	h.ServeHTTP(httptest.NewRecorder(), form("Action=GetUser&Version=2010-05-08"))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/elsewhere", nil))
	type summary struct {
		Service, Operation, Code string
		Status                   int
		Kind                     principal.Kind
		Input                    bool
	}
	var got []summary
	for _, x := range seen {
		if x.Caller.Request.ID != fixed || x.Duration <= 0 {
			t.Errorf("observed %+v", x)
		}
		got = append(got, summary{x.Service, x.Operation, x.Code, x.Status, x.Caller.Kind, x.Input != nil})
	}
	want := []summary{
		{"iam", "GetUser", "", 200, principal.Root, true},
		{"iam", "Other", "InvalidAction", 400, principal.Root, false},
		{"iam", "GetUser", "MissingAuthenticationToken", 403, principal.Nobody, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An operation that is not built says so, to those who may call at all.
func TestUnservedOperation(t *testing.T) {
	t.Parallel()
	h := newHandler(t, nil, options())
	w := post(t, h, "iam", "Action=ListUsers&Version=2010-05-08")
	if w.Code != 501 || !strings.Contains(w.Body.String(), "<Code>NotImplemented</Code>") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, form("Action=ListUsers&Version=2010-05-08"))
	if w.Code != 403 {
		t.Errorf("unsigned: got %d %s", w.Code, w.Body)
	}
}

// Statuses come from the model, whoever made the error.
func TestStatuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		err  error
		want int
	}{
		"the SDK's exception":         {&types.EntityAlreadyExistsException{}, 409},
		"wrapped":                     {errors.Join(errors.New("x"), &types.LimitExceededException{}), 409},
		"report not present":          {&types.CredentialReportNotPresentException{}, 410},
		"a generic error":             {&smithy.GenericAPIError{Code: "AccessDenied"}, 403},
		"expired":                     {&smithy.GenericAPIError{Code: "ExpiredToken"}, 403},
		"another service's":           {&smithy.GenericAPIError{Code: "IDPRejectedClaim"}, 403},
		"an exception without a code": {&types.OrganizationNotFoundException{}, 400},
		"unknown, the client's":       {&smithy.GenericAPIError{Code: "Odd", Fault: smithy.FaultClient}, 400},
		"unknown, the server's":       {&smithy.GenericAPIError{Code: "Odd", Fault: smithy.FaultServer}, 500},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHandler(t, allOperations(func(sdkOperation, any) (any, error) { return nil, c.err }), options())
			if w := post(t, h, "iam", "Action=ListUsers&Version=2010-05-08"); w.Code != c.want {
				t.Errorf("got %d, want %d", w.Code, c.want)
			}
		})
	}
}
