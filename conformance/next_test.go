package conformance_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	nextiam "github.com/understudy-iam/understudy/awsapi/next/iam"
	nextsts "github.com/understudy-iam/understudy/awsapi/next/sts"
)

// What the SDK's clients lack, as methods of theirs.

func scopedCredentials(c *sts.Client, ctx context.Context, in *nextsts.GetScopedCredentialsInput,
	_ ...func(*sts.Options)) (*nextsts.GetScopedCredentialsOutput, error) {
	return sent[nextsts.GetScopedCredentialsOutput](ctx, stsEndpoint(c), in)
}

func updateOIDC(c *iam.Client, ctx context.Context, in *nextiam.UpdateOpenIDConnectProviderInput,
	_ ...func(*iam.Options)) (*nextiam.UpdateOpenIDConnectProviderOutput, error) {
	return sent[nextiam.UpdateOpenIDConnectProviderOutput](ctx, iamEndpoint(c), in)
}

func createOIDC(c *iam.Client, ctx context.Context, in *nextiam.CreateOpenIDConnectProviderInput,
	_ ...func(*iam.Options)) (*iam.CreateOpenIDConnectProviderOutput, error) {
	return sent[iam.CreateOpenIDConnectProviderOutput](ctx, iamEndpoint(c), in)
}

func getOIDC(c *iam.Client, ctx context.Context, in *iam.GetOpenIDConnectProviderInput,
	_ ...func(*iam.Options)) (*nextiam.GetOpenIDConnectProviderOutput, error) {
	return sent[nextiam.GetOpenIDConnectProviderOutput](ctx, iamEndpoint(c), in)
}

func createSAML(c *iam.Client, ctx context.Context, in *nextiam.CreateSAMLProviderInput,
	_ ...func(*iam.Options)) (*iam.CreateSAMLProviderOutput, error) {
	return sent[iam.CreateSAMLProviderOutput](ctx, iamEndpoint(c), in)
}

func updateSAML(c *iam.Client, ctx context.Context, in *nextiam.UpdateSAMLProviderInput,
	_ ...func(*iam.Options)) (*iam.UpdateSAMLProviderOutput, error) {
	return sent[iam.UpdateSAMLProviderOutput](ctx, iamEndpoint(c), in)
}

func getSAML(c *iam.Client, ctx context.Context, in *iam.GetSAMLProviderInput,
	_ ...func(*iam.Options)) (*nextiam.GetSAMLProviderOutput, error) {
	return sent[nextiam.GetSAMLProviderOutput](ctx, iamEndpoint(c), in)
}

// endpoint is where a client sends its requests, and how it signs them.
type endpoint struct {
	service, version, id string // "iam", and "IAM" in errors
	url, region          string
	credentials          aws.CredentialsProvider
	http                 interface {
		Do(*http.Request) (*http.Response, error)
	}
}

func iamEndpoint(c *iam.Client) endpoint {
	o := c.Options()
	return endpoint{"iam", "2010-05-08", iam.ServiceID, aws.ToString(o.BaseEndpoint), o.Region, o.Credentials, o.HTTPClient}
}

func stsEndpoint(c *sts.Client) endpoint {
	o := c.Options()
	return endpoint{"sts", "2011-06-15", sts.ServiceID, aws.ToString(o.BaseEndpoint), o.Region, o.Credentials, o.HTTPClient}
}

// sent calls the operation whose input in points to.
func sent[Out any](ctx context.Context, e endpoint, in any) (*Out, error) {
	v := reflect.ValueOf(in).Elem()
	name := strings.TrimSuffix(v.Type().Name(), "Input")
	form := url.Values{"Action": {name}, "Version": {e.version}}
	addParameters(form, "", v)
	var answer answerElement
	if err := e.query(ctx, form, &answer); err != nil {
		return nil, &smithy.OperationError{ServiceID: e.id, OperationName: name, Err: err}
	}
	out := new(Out)
	if result := answer.child(name + "Result"); result != nil {
		result.fill(reflect.ValueOf(out).Elem())
	}
	return out, nil
}

// addParameters adds those of a structure whose members are set.
func addParameters(form url.Values, prefix string, v reflect.Value) {
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
			addParameter(form, prefix+f.Name, v.Field(i))
		}
	}
}

func addParameter(form url.Values, key string, v reflect.Value) {
	switch v = reflect.Indirect(v); v.Kind() {
	case reflect.Struct:
		addParameters(form, key+".", v)
	case reflect.Slice:
		for i := range v.Len() {
			addParameter(form, fmt.Sprintf("%s.member.%d", key, i+1), v.Index(i))
		}
	default:
		form.Set(key, fmt.Sprint(v.Interface()))
	}
}

// query sends a signed request and reads its answer.
func (e *endpoint) query(ctx context.Context, form url.Values, answer any) error {
	body := form.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url+"/", strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	credentials, err := e.credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(ctx, credentials, r, hex.EncodeToString(sum[:]), e.service, e.region, time.Now()); err != nil {
		return err
	}
	out, err := e.http.Do(r)
	if err != nil {
		return err
	}
	defer out.Body.Close()
	if out.StatusCode == http.StatusOK {
		return xml.NewDecoder(out.Body).Decode(answer)
	}
	var fault struct {
		Error struct{ Code, Message string }
	}
	if err := xml.NewDecoder(out.Body).Decode(&fault); err != nil {
		return err
	}
	return &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: out},
		Err:      &smithy.GenericAPIError{Code: fault.Error.Code, Message: fault.Error.Message},
	}
}

// answerElement is an element of an answer.
type answerElement struct {
	XMLName  xml.Name
	Text     string          `xml:",chardata"`
	Children []answerElement `xml:",any"`
}

func (e *answerElement) child(name string) *answerElement {
	for i := range e.Children {
		if e.Children[i].XMLName.Local == name {
			return &e.Children[i]
		}
	}
	return nil
}

// fill sets v to what the element says.
func (e *answerElement) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		e.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), len(e.Children), len(e.Children)))
		for i := range e.Children {
			e.Children[i].fill(v.Index(i))
		}
	case reflect.Map: // of texts
		v.Set(reflect.MakeMap(v.Type()))
		for i := range e.Children {
			v.SetMapIndex(reflect.ValueOf(e.Children[i].child("key").Text), reflect.ValueOf(e.Children[i].child("value").Text))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			if err := v.Addr().Interface().(*time.Time).UnmarshalText([]byte(e.Text)); err != nil {
				panic(err)
			}
			return
		}
		for i := range e.Children {
			e.Children[i].fill(v.FieldByName(e.Children[i].XMLName.Local))
		}
	case reflect.String:
		v.SetString(e.Text)
	default:
		if _, err := fmt.Sscan(e.Text, v.Addr().Interface()); err != nil {
			panic(err)
		}
	}
}
