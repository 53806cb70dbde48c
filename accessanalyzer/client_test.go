package accessanalyzer_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"

	"github.com/understudy-iam/understudy/iamtest"
)

// client makes calls as root.
func client(srv *iamtest.Server) *accessanalyzer.Client {
	return clientOf(srv.Config(context.Background()))
}

func clientOf(c aws.Config) *accessanalyzer.Client {
	c.Region = "eu-west-1"
	c.RetryMaxAttempts = 1
	return accessanalyzer.NewFromConfig(c)
}

// policy is a document with the statements.
func policy(statements ...string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
}

// asJSON is a value for people to compare.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
