// Command app is the application of docker/compose.yaml: a program that knows
// nothing of Understudy. It takes its configuration as every program with AWS's
// SDK does, and so finds the server in AWS_ENDPOINT_URL.
//
// It says who it is and makes sure that there is a user "app". When it runs
// again on the same state, the user is there already. Where the variable BUCKET
// names a bucket, it keeps an object there in place of the user.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
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
	if bucket := os.Getenv("BUCKET"); bucket != "" {
		return keepObject(ctx, cfg, bucket)
	}
	return makeUser(ctx, cfg)
}

func makeUser(ctx context.Context, cfg aws.Config) error {
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

// keepObject writes an object and reads it again. The bucket is in the path: no
// name is known in a network of containers for one in the host.
func keepObject(ctx context.Context, cfg aws.Config, bucket string) error {
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	key := aws.String("orders/1.txt")
	_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: key, Body: strings.NewReader("one lamp")})
	if err != nil {
		return err
	}
	out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: key})
	if err != nil {
		return err
	}
	defer out.Body.Close()
	text, err := io.ReadAll(out.Body)
	if err != nil {
		return err
	}
	fmt.Printf("s3://%s/%s is %q\n", bucket, *key, text)
	return nil
}
