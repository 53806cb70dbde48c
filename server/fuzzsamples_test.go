package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/management"
)

// sampleTexts has the values of members by their names; other members get "a".
var sampleTexts = map[string]string{
	"UserName": "ana", "NewUserName": "eve", "GroupName": "devs", "RoleName": "deploy", "InstanceProfileName": "web", "PolicyName": "own",
	"Path":      "/x/",
	"PolicyArn": "arn:aws:iam::000000000000:policy/own", "PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess",
	"RoleArn": "arn:aws:iam::000000000000:role/ci/deploy", "PrincipalArn": "arn:aws:iam::000000000000:saml-provider/idp",
	"SAMLProviderArn": "arn:aws:iam::000000000000:saml-provider/idp", "PolicySourceArn": "arn:aws:iam::000000000000:user/ana",
	"OpenIDConnectProviderArn": "arn:aws:iam::000000000000:oidc-provider/understudy.localhost", "Url": "https://understudy.localhost/x",
	"Arn": "arn:aws:iam::000000000000:user/ana", "ActionNames": "iam:GetUser", "ResourceArns": "arn:aws:iam::000000000000:user/ana",
	"ContextKeyName": "aws:username",
	"VersionId":      "v1", "Password": "Passw0rd!x", "OldPassword": "Passw0rd!x", "NewPassword": "Passw0rd!y", "AccountAlias": "firm-two",
	"ServiceName":    "codecommit.amazonaws.com",
	"AWSServiceName": "autoscaling.amazonaws.com", "RoleSessionName": "session", "Name": "bob",
	"SerialNumber": "arn:aws:iam::000000000000:mfa/a", "TokenCode": "123456",
	"AuthenticationCode1": "123456", "AuthenticationCode2": "654321", "ThumbprintList": "990f4193972f2becf12ddeda5237f9c952f20d9e",
	"Key": "team", "Value": "blue",
	"PolicyDocument": samplePolicy, "Policy": samplePolicy, "PolicyInputList": samplePolicy, "ResourcePolicy": samplePolicy,
	"AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`,
	"WebIdentityToken":         "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3VuZGVyc3R1ZHkubG9jYWxob3N0Iiwic3ViIjoiYSIsImF1ZCI6InN0cy5hbWF6b25hd3MuY29tIn0.",
	"SAMLAssertion":            "PFJlc3BvbnNlLz4=",
}

const samplePolicy = `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","NotAction":"iam:Get*","Resource":"*","Condition":{"StringLike":{"aws:username":["a*","${aws:username}"]}}}]}`

// sampleBodies are the bodies of a call of each operation, as the SDK writes them.
func sampleBodies(f *testing.F) []string {
	f.Helper()
	var bodies []string
	config := aws.Config{
		Region: "us-east-1", Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return testRoot, nil }),
		HTTPClient: roundTrip(func(r *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			bodies = append(bodies, string(body))
			return nil, errors.Join(err, errors.New("nobody is there"))
		}),
	}
	for _, client := range []any{iam.NewFromConfig(config), sts.NewFromConfig(config)} {
		v := reflect.ValueOf(client)
		for m := range v.NumMethod() {
			if call := v.Method(m); call.Type().NumIn() == 3 {
				in := reflect.New(call.Type().In(1).Elem())
				fillSample(in.Elem(), "")
				call.Call([]reflect.Value{reflect.ValueOf(f.Context()), in})
			}
		}
	}
	const oidc = "OpenIDConnectProviderArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Aoidc-provider%2Funderstudy.localhost&Version=2010-05-08"
	bodies = append(bodies, // what the SDK does not have yet
		"Action=UpdateOpenIDConnectProvider&ContextProvider.SubjectSourceKey=sub&ContextProvider.KeyDefinitionList.member.1.SourceKey=a+b&ContextProvider.SubjectTypeValue=user&"+oidc,
		"Action=UpdateOpenIDConnectProvider&IdentityCenterInstanceArn=arn%3Aaws%3Asso%3A%3A%3Ainstance%2Fssoins-0123456789abcdef&"+oidc,
		"Action=GetScopedCredentials&DurationSeconds=900&Policy=%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22iam%3AGet%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D&ScopedSessionDescription=s&Version=2011-06-15")
	called := map[string]bool{}
	for _, body := range bodies {
		form, err := url.ParseQuery(body)
		if err != nil {
			f.Fatal(err)
		}
		called[form.Get("Action")] = true
	}
	forms := slices.DeleteFunc(operations(nil, nil, nil, nil), func(o awsapi.Operation) bool {
		return o.Service != "iam" && o.Service != "sts"
	})
	if len(called) < len(forms) {
		f.Fatalf("only %d operations are called", len(called))
	}
	return bodies
}

type roundTrip func(*http.Request) (*http.Response, error)

func (d roundTrip) Do(r *http.Request) (*http.Response, error) { return d(r) }

// fillSample gives a value to a member of an input, and to all that is in it.
func fillSample(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillSample(v.Elem(), name)
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				fillSample(v.Field(i), field.Name)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillSample(v.Index(0), name)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillSample(key, "")
		fillSample(value, name)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString(sampleText(v, name))
	case reflect.Int32:
		v.SetInt(901)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// sampleText returns a value of the type if that is an enumeration, or else one for the
// name.
func sampleText(v reflect.Value, name string) string {
	if values := v.MethodByName("Values"); values.IsValid() {
		return values.Call(nil)[0].Index(0).String()
	}
	if text, ok := sampleTexts[name]; ok {
		return text
	}
	return "a"
}

// sampleSeeds are seeds in YAML and in JSON.
func sampleSeeds(f *testing.F, s *fuzzed) [][]byte {
	f.Helper()
	list := [][]byte{
		[]byte(`{"accounts":[{"id":"111122223333","alias":"a-b","users":[{"name":"eve","tags":{"a":"b"},"accessKeys":[{"secret":"x"}]}]}]}`),
		[]byte("accounts: [{id: '111122223333', users: [{name: a, inline: {p: &x [*x]}}]}]"),
		[]byte("organization: {management: '111122223333', root: &r {units: [*r,*r]}}"),
	}
	for _, file := range []string{"testdata/fuzzed.yaml", "../seed/testdata/full.yaml", "../seed/testdata/real-account.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		list = append(list, text)
	}
	var exported bytes.Buffer
	if err := (backend{s.Server}).Export(f.Context(), &exported, &management.Export{Secrets: true}); err != nil {
		f.Fatal(err)
	}
	return append(list, exported.Bytes())
}
