// Command app is the application of docker/compose.yaml: a program that knows
// nothing of Understudy. It takes its configuration as every program with AWS's
// SDK does, and so finds the server in AWS_ENDPOINT_URL.
//
// It says who it is and makes sure that there is a user "app". When it runs
// again on the same state, the user is there already.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	me, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return err
	}
	fmt.Println("I am", *me.Arn)
	out, err := iam.NewFromConfig(cfg).CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("app")})
	var exists *types.EntityAlreadyExistsException
	switch {
	case errors.As(err, &exists):
		fmt.Println("the user app is there already")
	case err != nil:
		return err
	default:
		fmt.Println("created", *out.User.Arn)
	}
	return nil
}
