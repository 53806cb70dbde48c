package conformance_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	next "github.com/understudy-iam/understudy/awsapi/next/sts"
)

// scopedCredentials is GetScopedCredentials as a method of the SDK's client, which
// lacks it.
func scopedCredentials(c *sts.Client, ctx context.Context, in *next.GetScopedCredentialsInput, _ ...func(*sts.Options)) (*next.GetScopedCredentialsOutput, error) {
	const name = "GetScopedCredentials"
	var answer struct {
		Result next.GetScopedCredentialsOutput `xml:"GetScopedCredentialsResult"`
	}
	if err := query(ctx, c.Options(), parameters(name, in), &answer); err != nil {
		return nil, &smithy.OperationError{ServiceID: "STS", OperationName: name, Err: err}
	}
	return &answer.Result, nil
}

// parameters are those of a request of STS whose input has texts and numbers only.
func parameters(action string, in any) url.Values {
	form := url.Values{"Action": {action}, "Version": {"2011-06-15"}}
	v := reflect.ValueOf(in).Elem()
	for i := range v.NumField() {
		switch x := v.Field(i).Interface().(type) {
		case *string:
			if x != nil {
				form.Set(v.Type().Field(i).Name, *x)
			}
		case *int32:
			if x != nil {
				form.Set(v.Type().Field(i).Name, strconv.Itoa(int(*x)))
			}
		}
	}
	return form
}

// query sends a signed request of STS and reads its answer.
func query(ctx context.Context, o sts.Options, form url.Values, answer any) error {
	body := form.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, aws.ToString(o.BaseEndpoint)+"/", strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	credentials, err := o.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(ctx, credentials, r, hex.EncodeToString(sum[:]), "sts", o.Region, time.Now()); err != nil {
		return err
	}
	out, err := o.HTTPClient.Do(r)
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
