package iamcontainer_test

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/testcontainers/testcontainers-go"

	"github.com/understudy-iam/understudy/docker/iamcontainer"
)

func ExampleRun() {
	ctx := context.Background()
	c, err := iamcontainer.Run(ctx, iamcontainer.Image, iamcontainer.WithSeed("testdata/seed.yaml"))
	defer func() {
		if err := testcontainers.TerminateContainer(c); err != nil {
			log.Print(err)
		}
	}()
	if err != nil {
		log.Print(err)
		return
	}
	cfg, err := c.AWSConfig(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	users, err := iam.NewFromConfig(cfg).ListUsers(ctx, nil)
	if err != nil {
		log.Print(err)
		return
	}
	for _, user := range users.Users {
		fmt.Println(*user.UserName)
	}
	// Output: ann
}

// Without a seed the state is empty; in a volume, it outlives the container.
func ExampleWithDataDir() {
	ctx := context.Background()
	c, err := iamcontainer.Run(ctx, iamcontainer.Image, iamcontainer.WithDataDir("iam"), iamcontainer.WithEnforcement("log"))
	defer func() {
		if err := testcontainers.TerminateContainer(c, testcontainers.RemoveVolumes("iam")); err != nil {
			log.Print(err)
		}
	}()
	if err != nil {
		log.Print(err)
		return
	}
	url, err := c.Endpoint(ctx, "http")
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(url[:7])
	// Output: http://
}
