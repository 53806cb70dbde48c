package main

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/understudy-iam/understudy/iamtest"
)

// alertRules are the rules of the servers of TestAlertScripts.
const alertRules = `
rules:
  - {name: user-made, severity: low, pattern: {detail: {eventName: [CreateUser]}}}
  - {name: user-deleted, severity: critical, pattern: {detail: {eventName: [DeleteUser], errorCode: [{exists: true}]}}}
`

// TestAlertScripts runs testdata/alerts: each file is a session at a shell, with a server
// of its own at UNDERSTUDY_ADDR, which has the user ana. The root user tries to delete a
// user who does not exist, again and again until the script has ended.
func TestAlertScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/alerts", Setup: func(env *testscript.Env) error {
		env.Setenv("HOME", env.WorkDir)
		s := iamtest.Start(starter{env}, iamtest.WithAlerts(alertRules))
		env.Setenv("UNDERSTUDY_ADDR", strings.TrimPrefix(s.URL, "http://"))
		without := iamtest.Start(starter{env})
		env.Setenv("WITHOUT", strings.TrimPrefix(without.URL, "http://"))
		_, err := s.IAM().CreateUser(context.Background(), &iam.CreateUserInput{UserName: aws.String("ana")})
		if err != nil {
			return err
		}
		return callOften(env, s.IAM())
	}})
}
