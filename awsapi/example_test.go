package awsapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/awsapi"
)

// An operation is a method with the SDK's own types; here it meets the SDK's
// client.
func ExampleNewHandler() {
	getUser := func(_ context.Context, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
		if aws.ToString(in.UserName) != "alice" {
			return nil, &types.NoSuchEntityException{Message: aws.String("The user with name " + *in.UserName + " cannot be found.")}
		}
		return &iam.GetUserOutput{User: &types.User{UserName: in.UserName, Path: aws.String("/")}}, nil
	}
	o := options()
	o.Now = nil
	h, err := awsapi.NewHandler([]awsapi.Operation{awsapi.Op(getUser)}, o)
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()

	client := iam.New(iam.Options{Region: "us-east-1", BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, nil
		})})
	out, err := client.GetUser(context.Background(), &iam.GetUserInput{UserName: aws.String("alice")})
	fmt.Println(*out.User.UserName, err)
	_, err = client.GetUser(context.Background(), &iam.GetUserInput{UserName: aws.String("bob")})
	var missing *types.NoSuchEntityException
	fmt.Println(errors.As(err, &missing), missing.ErrorMessage())
	// Output:
	// alice <nil>
	// true The user with name bob cannot be found.
}
