package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/iamtest"
)

// manyActions fill ten pages of answers.
func manyActions() []string {
	actions := make([]string, 1000)
	for i := range actions {
		actions[i] = "s3:Get" + strconv.Itoa(i)
	}
	return actions
}

// manySimulations is how often the simulation is made. While request bodies could be
// lost, one in a few failed.
const manySimulations = 20

// wantAllowed makes a simulation of many actions, all of them allowed, again and again.
func wantAllowed(t *testing.T, c *simulateCommand) {
	t.Helper()
	c.Action, c.UnknownActions = manyActions(), true
	for range manySimulations {
		answer, err := c.ask(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.requests) != len(c.Action) || answer.denied() != 0 {
			t.Fatalf("%d of %d requests are denied; want 0 of %d", answer.denied(), len(answer.requests), len(c.Action))
		}
	}
}

func TestSimulateManyActionsOfFiles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "read.json")
	document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`
	if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	wantAllowed(t, &simulateCommand{Policy: []string{file}})
}

func TestSimulateManyActionsOfAPrincipal(t *testing.T) {
	t.Parallel()
	s := iamtest.Start(t)
	s.Seed(`accounts: [{id: "000000000000", users: [{name: ana, policies: [AdministratorAccess]}]}]`)
	wantAllowed(t, &simulateCommand{
		endpoint:  endpoint{Addr: strings.TrimPrefix(s.URL, "http://"), RootAccessKeyID: "test", RootSecretAccessKey: "test"},
		Principal: "arn:aws:iam::000000000000:user/ana",
	})
}
