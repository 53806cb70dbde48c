package awsapi_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/awsapi"
	nextiam "github.com/understudy-iam/understudy/awsapi/next/iam"
	nextsts "github.com/understudy-iam/understudy/awsapi/next/sts"
)

// The list of operations is the SDK's; a new one changes the golden file.
func TestOperationsOfTheSDK(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, op := range sdkOperations() {
		fmt.Fprintf(&b, "%s.%s\n", op.service, op.name)
	}
	golden(t, "operations.txt", b.String())
}

func TestModelHasTheOperationsOfTheSDK(t *testing.T) {
	t.Parallel()
	var ours, want []string
	for _, op := range nextOperations {
		ours = append(ours, op.service+"."+op.name)
	}
	if diff := cmp.Diff(ours, awsapi.Unserved(allOperations(empty), queryModel())); diff != "" {
		t.Errorf("operations of the model that the SDK lacks (-awsapi/next +got):\n%s", diff)
	}
	for _, op := range sdkOperations() {
		want = append(want, op.service+"."+op.name)
	}
	want = slices.Sorted(slices.Values(append(want, ours...)))
	if diff := cmp.Diff(want, awsapi.Unserved(nil, queryModel())); diff != "" {
		t.Errorf("operations (-SDK +model):\n%s", diff)
	}
}

// What the SDK lacks has types of ours until the SDK has it.
func TestNextOperations(t *testing.T) {
	t.Parallel()
	for _, op := range nextOperations {
		if clientOf(op.service, nil).MethodByName(op.name).IsValid() {
			t.Errorf("the SDK has %s: use its types, and drop those of awsapi/next", op.name)
		}
	}
	for name, our := range ours {
		replaced := false
		for _, op := range sdkOperations() {
			for _, theirs := range []reflect.Type{op.in, op.out} {
				if theirs.String() != name {
					continue
				}
				full := (&filler{}).new(our)
				if replaced = true; unknownToSDK(theirs, full) == nil {
					t.Errorf("the SDK's %s has all members: use it, and drop that of awsapi/next", name)
				}
			}
		}
		if !replaced {
			t.Errorf("the SDK has no %s", name)
		}
	}
}

// The operations and the members that the SDK lacks, as they are on the wire.
func TestNextOperationsOnTheWire(t *testing.T) {
	t.Parallel()
	propagation := &nextiam.ContextProvider{
		SubjectSourceKey: aws.String("sub"), SubjectTypeSourceKey: aws.String("typ"), SubjectTypeValue: aws.String("user"),
		KeyDefinitionList: []nextiam.ContextProviderKeyDefinition{{SourceKey: aws.String("groups"), TargetKey: aws.String("Groups")},
			{SourceKey: aws.String("mail")}},
	}
	const form = "&ContextProvider.SubjectSourceKey=sub&ContextProvider.SubjectTypeSourceKey=typ&ContextProvider.SubjectTypeValue=user" +
		"&ContextProvider.KeyDefinitionList.member.1.SourceKey=groups&ContextProvider.KeyDefinitionList.member.1.TargetKey=Groups" +
		"&ContextProvider.KeyDefinitionList.member.2.SourceKey=mail"
	const xml = "<ContextProvider><SubjectSourceKey>sub</SubjectSourceKey><KeyDefinitionList><member><SourceKey>groups</SourceKey><TargetKey>Groups</TargetKey></member>" +
		"<member><SourceKey>mail</SourceKey></member></KeyDefinitionList><SubjectTypeSourceKey>typ</SubjectTypeSourceKey><SubjectTypeValue>user</SubjectTypeValue></ContextProvider>"
	arn, instance := aws.String("arn:p"), aws.String("arn:i")

	onTheWire(t, "Policy=p&DurationSeconds=60&MinimumSessionTokenSize=7&ScopedSessionDescription=d",
		&nextsts.GetScopedCredentialsInput{Policy: aws.String("p"), DurationSeconds: aws.Int32(60), MinimumSessionTokenSize: aws.Int32(7),
			ScopedSessionDescription: aws.String("d")},
		&nextsts.GetScopedCredentialsOutput{
			SessionInfo: &nextsts.ScopedSession{ScopedSessionId: aws.String("AROA:s"), Arn: arn}, SessionTokenUtilization: aws.Int32(17),
			SessionTokenSize:    aws.Int32(700),
			ScopedPoliciesCount: aws.Int32(1), SourceIdentity: aws.String("ann"),
		},
		"<SessionInfo><ScopedSessionId>AROA:s</ScopedSessionId><Arn>arn:p</Arn></SessionInfo><SessionTokenUtilization>17</SessionTokenUtilization>"+
			"<SessionTokenSize>700</SessionTokenSize><ScopedPoliciesCount>1</ScopedPoliciesCount><SourceIdentity>ann</SourceIdentity>")
	onTheWire(t, "Audience.member.1=a&SigningAlgorithm=RS256&Scope=read+write&SubjectMode=OriginIdentity",
		&nextsts.GetWebIdentityTokenInput{
			Audience: []string{"a"}, SigningAlgorithm: aws.String("RS256"), Scope: aws.String("read write"),
			SubjectMode: nextsts.WebIdentityTokenSubjectModeTypeOriginIdentity,
		}, &sts.GetWebIdentityTokenOutput{WebIdentityToken: aws.String("t")}, "<WebIdentityToken>t</WebIdentityToken>")
	who := &nextsts.TrustedIdentityPropagationContext{
		OriginIdentity: &nextsts.OriginIdentity{Subject: aws.String("ann"), SubjectType: aws.String("user"), Issuer: aws.String("i"),
			FederatedProviderArn: arn},
		TransactionContext: &nextsts.TransactionContext{IdentityProvider: map[string]string{"dept": "sales", "acr": "2"}},
	}
	const shown = "<TrustedIdentityPropagationContext><OriginIdentity><Subject>ann</Subject><SubjectType>user</SubjectType><Issuer>i</Issuer>" +
		"<FederatedProviderArn>arn:p</FederatedProviderArn></OriginIdentity><TransactionContext><IdentityProvider><entry><key>acr</key><value>2</value></entry>" +
		"<entry><key>dept</key><value>sales</value></entry></IdentityProvider></TransactionContext></TrustedIdentityPropagationContext>"
	onTheWire(t, "RoleArn=arn:p", &sts.AssumeRoleWithSAMLInput{RoleArn: arn},
		&nextsts.AssumeRoleWithSAMLOutput{Subject: aws.String("s"), TrustedIdentityPropagationContext: who}, "<Subject>s</Subject>"+shown)
	onTheWire(t, "RoleArn=arn:p", &sts.AssumeRoleWithWebIdentityInput{RoleArn: arn},
		&nextsts.AssumeRoleWithWebIdentityOutput{Provider: aws.String("p"), TrustedIdentityPropagationContext: who},
		"<Provider>p</Provider>"+shown)
	onTheWire(t,
		"OpenIDConnectProviderArn=arn:p&RemoveContextProvider=true&IdentityCenterInstanceArn=arn:i&RemoveIdentityCenterInstance=true"+form,
		&nextiam.UpdateOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: arn, ContextProvider: propagation, IdentityCenterInstanceArn: instance, RemoveContextProvider: true,
			RemoveIdentityCenterInstance: true,
		}, &nextiam.UpdateOpenIDConnectProviderOutput{}, "")
	onTheWire(t, "Url=u"+form, &nextiam.CreateOpenIDConnectProviderInput{Url: aws.String("u"), ContextProvider: propagation},
		&iam.CreateOpenIDConnectProviderOutput{OpenIDConnectProviderArn: arn}, "<OpenIDConnectProviderArn>arn:p</OpenIDConnectProviderArn>")
	onTheWire(t, "Name=n"+form, &nextiam.CreateSAMLProviderInput{Name: aws.String("n"), ContextProvider: propagation},
		&iam.CreateSAMLProviderOutput{SAMLProviderArn: arn}, "<SAMLProviderArn>arn:p</SAMLProviderArn>")
	onTheWire(t, "SAMLProviderArn=arn:p"+form, &nextiam.UpdateSAMLProviderInput{SAMLProviderArn: arn, ContextProvider: propagation},
		&iam.UpdateSAMLProviderOutput{SAMLProviderArn: arn}, "<SAMLProviderArn>arn:p</SAMLProviderArn>")
	onTheWire(t, "OpenIDConnectProviderArn=arn:p", &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn},
		&nextiam.GetOpenIDConnectProviderOutput{Url: aws.String("u"), ContextProvider: propagation, IdentityCenterInstanceArn: instance},
		"<Url>u</Url>"+xml+"<IdentityCenterInstanceArn>arn:i</IdentityCenterInstanceArn>")
	onTheWire(t, "SAMLProviderArn=arn:p", &iam.GetSAMLProviderInput{SAMLProviderArn: arn},
		&nextiam.GetSAMLProviderOutput{SAMLMetadataDocument: aws.String("m"), ContextProvider: propagation},
		"<SAMLMetadataDocument>m</SAMLMetadataDocument>"+xml)
}

// onTheWire sends a form to an operation that answers out. It must get the input,
// and the answer must have the result.
func onTheWire[In, Out any](t *testing.T, form string, in *In, out *Out, result string) {
	t.Helper()
	var got *In
	o := options()
	o.Model = lenient()
	op := awsapi.Op(func(_ context.Context, in *In) (*Out, error) {
		got = in
		return out, nil
	})
	version := map[string]string{"iam": "2010-05-08", "sts": "2011-06-15"}[op.Service]
	w := post(t, newHandler(t, []awsapi.Operation{op}, o), op.Service, "Action="+op.Name+"&Version="+version+"&"+form)
	if diff := equal(in, got); diff != "" {
		t.Errorf("input of %s (-sent +received):\n%s", op.Name, diff)
	}
	answer := strings.NewReplacer("\n", "", "  ", "").Replace(w.Body.String())
	_, rest, found := strings.Cut(answer, "<"+op.Name+"Result>")
	answered, _, _ := strings.Cut(rest, "</"+op.Name+"Result>")
	if answered != result || found != (result != "") {
		t.Errorf("%s answers\n%s, want the result\n%s", op.Name, answer, result)
	}
}

func equal(want, got any) string {
	return cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".ResultMetadata" }, cmp.Ignore()))
}

// Every operation is called by the SDK's client with an input that is filled to
// the brim, and answers an output that is; both must arrive as they were sent.
func TestEveryOperationBothWays(t *testing.T) {
	t.Parallel()
	for name, fill := range map[string]filler{
		"everything set": {},
		"empty lists":    {emptyLists: true},
		"nothing set":    {nothing: true},
	} {
		t.Run(name, func(t *testing.T) { bothWays(t, fill) })
	}
}

func bothWays(t *testing.T, fill filler) {
	var sent, answered any
	o := options()
	o.Model = lenient()
	o.Now = time.Now
	h := newHandler(t, allOperations(func(op sdkOperation, in any) (any, error) {
		if diff := equal(sent, asSDK(op.in, in)); diff != "" {
			t.Errorf("input of %s (-sent +received):\n%s", op.name, diff)
		}
		if names := unknownToSDK(op.in, in); names != nil {
			t.Errorf("input of %s: %v was not sent", op.name, names)
		}
		return answered, nil
	}), o)
	for _, op := range sdkOperations() {
		sent, answered = (&filler{}).new(op.in), fill.new(served(op.out))
		got, err := invoke(clientOf(op.service, h), op.name, sent)
		if err != nil {
			t.Errorf("%s: %v", op.name, err)
			continue
		}
		if diff := equal(asSDK(op.out, answered), got); diff != "" {
			t.Errorf("output of %s (-answered +received):\n%s", op.name, diff)
		}
	}
}

// filler makes values that differ from each other.
type filler struct {
	emptyLists bool
	nothing    bool
	n          int
}

func (f filler) new(t reflect.Type) any {
	v := reflect.New(t)
	if !f.nothing {
		f.fill(v.Elem())
	}
	return v.Interface()
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.String:
		v.SetString(fmt.Sprintf("<%d> & \"é'\t𐐀 ]]> +%%=", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32:
		v.SetInt(int64(f.n))
	case reflect.Struct:
		f.structure(v)
	case reflect.Slice:
		f.slice(v)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for i := 0; i < 2 && !f.emptyLists; i++ {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key)
			f.fill(value)
			v.SetMapIndex(key, value)
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(f.union()))
	default:
		panic(v.Type())
	}
}

func (f *filler) structure(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 1, 1, 0, 0, f.n, 0, time.UTC)))
		return
	}
	for i := range v.NumField() {
		if x := v.Type().Field(i); x.IsExported() && x.Name != "ResultMetadata" {
			f.fill(v.Field(i))
		}
	}
}

func (f *filler) slice(v reflect.Value) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		v.SetBytes([]byte{byte(f.n), 0, 255})
		return
	}
	n := 2
	if f.emptyLists {
		n = 0
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		f.fill(v.Index(i))
	}
}

// union cycles through the members of PolicyIdentifier.
func (f *filler) union() types.PolicyIdentifier {
	switch f.n % 3 {
	case 0:
		return &types.PolicyIdentifierMemberPolicyArn{Value: fmt.Sprint(f.n)}
	case 1:
		return &types.PolicyIdentifierMemberPolicyType{Value: types.PolicyIdentifierPolicyTypeScp}
	}
	u := &types.PolicyIdentifierMemberInlinePolicyIdentifier{}
	f.fill(reflect.ValueOf(&u.Value).Elem())
	return u
}

// The SDK's modules hold the request of every operation as bytes. Each must
// decode, and the SDK must make the same bytes of what was decoded.
func TestRequestSnapshots(t *testing.T) {
	t.Parallel()
	var decoded any
	o := options()
	o.Model = lenient()
	o.Now = time.Now
	h := newHandler(t, allOperations(func(op sdkOperation, in any) (any, error) {
		decoded = in
		return empty(op, in)
	}), o)
	for _, op := range sdkOperations() {
		raw, err := os.ReadFile(filepath.Join(moduleDir(t, op.service), "request_snapshot", op.name+".request.snap"))
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.SplitN(string(raw), "\n\n", 3)
		body := parts[len(parts)-1]
		in, err := awsapi.Decode(h, op.service, op.name, body)
		if err != nil {
			t.Errorf("%s: %v", op.name, err)
			continue
		}
		if _, err := invoke(clientOf(op.service, h), op.name, asSDK(op.in, in)); err != nil {
			t.Errorf("%s: %v", op.name, err)
		}
		if diff := equal(in, decoded); diff != "" {
			t.Errorf("%s, decoded from the snapshot and again from what the SDK made of it:\n%s", op.name, diff)
		}
		if got := serialized(t, op, asSDK(op.in, in)); got != body {
			t.Errorf("%s:\nsnapshot %s\nagain    %s", op.name, body, got)
		}
	}
}

// serialized returns the body that the SDK makes of an input.
func serialized(t *testing.T, op sdkOperation, in any) string {
	t.Helper()
	var body string
	invoke(clientOf(op.service, capture(func(b string) { body = b })), op.name, in)
	return body
}

// moduleDirs are the directories of the SDK's modules, by service.
var moduleDirs sync.Map

func moduleDir(t *testing.T, service string) string {
	t.Helper()
	if dir, ok := moduleDirs.Load(service); ok {
		return dir.(string)
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/"+service).Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimSpace(string(out))
	moduleDirs.Store(service, dir)
	return dir
}
