package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/internal/shell"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

// tokenCommand asks the local identity provider for tokens.
type tokenCommand struct {
	Sign    signCommand    `cmd:"" default:"withargs" help:"A token of any issuer; sign may be left out."`
	GitHub  gitHubCommand  `cmd:"" name:"github" help:"A token as a job of GitHub Actions has it."`
	EKS     eksCommand     `cmd:"" name:"eks" help:"A token as a pod of Amazon EKS has it, for IAM roles for service accounts."`
	Cognito cognitoCommand `cmd:"" name:"cognito" help:"A token as an identity of an Amazon Cognito identity pool has it."`

	IdentityCenter identityCenterCommand `cmd:"" name:"identity-center" help:"A context assertion of IAM Identity Center, for AssumeRole."`
}

// Help is shown by --help.
func (tokenCommand) Help() string {
	return `The server, started with --idp, signs what is asked for, in the name of any issuer, and STS takes it where the account has
a provider for the issuer (Google and Cognito need none) and the role's trust policy admits it. The token is printed; a warning
says why STS would refuse it, and which command helps.

    understudy token --subject ana                      # of the local issuer
    understudy token --subject ana --expires=-10m        # one that has expired
    understudy token github --repository octo-org/shop   # of its main branch
    understudy token eks --service-account cart --out token
    understudy token cognito \
      --identity-pool us-east-1:12345678-dead-beef-cafe-123456790ab
    understudy token identity-center --user-id ID        # for ProvidedContexts

    aws sts assume-role-with-web-identity --role-arn ARN \
      --role-session-name me --web-identity-token "$(understudy token ...)"`
}

// tokenFlags are the options for every token.
type tokenFlags struct {
	endpoint
	Issuer    string            `placeholder:"URL" help:"The issuer of the token, iss."`
	Subject   string            `placeholder:"NAME" help:"The subject of the token, sub."`
	Audience  []string          `placeholder:"NAME" help:"@tokenAudience"`
	Claim     map[string]string `placeholder:"NAME=TEXT" mapsep:"none" help:"Another claim, a string. Repeat it for more."`
	ClaimJSON map[string]string `name:"claim-json" placeholder:"NAME=JSON" mapsep:"none" help:"@tokenClaimJSON"`
	Tag       map[string]string `placeholder:"KEY=VALUE" mapsep:"none" help:"A session tag. The trust policy must allow sts:TagSession."`
	Pass      []string          `name:"transitive" placeholder:"KEY" help:"The key of a tag that is handed on along a chain of roles."`
	Source    string            `name:"source-identity" placeholder:"NAME" help:"@tokenSource"`
	Role      []string          `placeholder:"ARN" sep:"none" help:"The only role that may be assumed with the token. Repeat it for more."`
	Expires   time.Duration     `placeholder:"DURATION" help:"@tokenExpires"`
	IssuedAgo time.Duration     `name:"issued-ago" placeholder:"DURATION" help:"@tokenIssuedAgo"`
	Algorithm string            `enum:",RS256,RS384,RS512,ES256,ES384,ES512" default:"" placeholder:"NAME" help:"@tokenAlgorithm"`
	Out       string            `complete:"file" placeholder:"FILE" help:"@tokenOut"`
	JSON      bool              `name:"json" help:"Print JSON: the token, its claims, dates and warnings."`
}

type signCommand struct{ tokenFlags }

// Run asks for a token of any issuer.
func (c *signCommand) Run() error {
	if c.Subject == "" && c.Claim["sub"] == "" && c.ClaimJSON["sub"] == "" {
		return usageError{errors.New("the token has no subject; say who it is about: understudy token --subject NAME")}
	}
	return c.sign(&idp.Request{})
}

type gitHubCommand struct {
	tokenFlags
	Repository  string `required:"" placeholder:"OWNER/NAME" help:"The repository."`
	Ref         string `placeholder:"REF" help:"Branch or tag: refs/heads/main by default."`
	Environment string `placeholder:"NAME" help:"The environment of the job, which the subject then names instead of the ref."`
	Event       string `placeholder:"NAME" help:"What started the workflow: push by default; pull_request changes the subject."`
	Workflow    string `placeholder:"FILE" help:"The workflow's file: ci.yml by default."`
	Actor       string `placeholder:"NAME" help:"Who started it: the owner by default."`
	JobWorkflow string `name:"job-workflow-ref" placeholder:"REF" help:"@gitHubJobWorkflow"`
}

// Run asks for a token of GitHub Actions.
func (c *gitHubCommand) Run() error {
	return c.sign(&idp.Request{GitHub: &idp.GitHub{
		Repository: c.Repository, Ref: c.Ref, Environment: c.Environment, Event: c.Event, Workflow: c.Workflow, Actor: c.Actor,
		JobWorkflowRef: c.JobWorkflow,
	}})
}

type eksCommand struct {
	tokenFlags
	ServiceAccount string `required:"" name:"service-account" placeholder:"NAME" help:"The service account."`
	Namespace      string `placeholder:"NAME" help:"Its namespace: default by default."`
	Pod            string `placeholder:"NAME" help:"The pod."`
	Node           string `placeholder:"NAME" help:"The node that the pod is on."`
	Region         string `placeholder:"REGION" help:"The region of the cluster: us-east-1 by default."`
	ClusterID      string `name:"cluster-id" placeholder:"ID" help:"The end of the cluster's issuer, 32 digits: AWS's example by default."`
}

// Run asks for a token of EKS.
func (c *eksCommand) Run() error {
	return c.sign(&idp.Request{EKS: &idp.EKS{
		Namespace: c.Namespace, ServiceAccount: c.ServiceAccount, Pod: c.Pod, Node: c.Node, Region: c.Region, ClusterID: c.ClusterID,
	}})
}

type cognitoCommand struct {
	tokenFlags
	IdentityPool    string `required:"" name:"identity-pool" placeholder:"ID" help:"The identity pool, REGION:UUID: the audience."`
	IdentityID      string `name:"identity-id" placeholder:"ID" help:"The identity, REGION:UUID: the subject."`
	Login           string `placeholder:"DOMAIN" help:"@cognitoLogin"`
	Unauthenticated bool   `help:"An identity that has not signed in."`
	Account         string `placeholder:"ID" help:"The account of the pool: 000000000000 by default."`
}

// Run asks for a token of Cognito.
func (c *cognitoCommand) Run() error {
	return c.sign(&idp.Request{Cognito: &idp.Cognito{
		IdentityPool: c.IdentityPool, IdentityID: c.IdentityID, Unauthenticated: c.Unauthenticated, Login: c.Login, Account: c.Account,
	}})
}

type identityCenterCommand struct {
	tokenFlags
	UserID        string `required:"" name:"user-id" placeholder:"ID" help:"@identityCenterUserID"`
	IdentityStore string `name:"identity-store" placeholder:"ID" help:"The identity store: d-1234567890 by default."`
	Instance      string `placeholder:"ID" help:"The instance: ssoins-1234567890abcdef by default."`
	Application   string `placeholder:"ID" help:"The application: apl-1234567890abcdef by default."`
	Account       string `placeholder:"ID" help:"The account of the instance: 000000000000 by default."`
}

// Help is shown by --help.
func (*identityCenterCommand) Help() string {
	return `The assertion makes a session identity-enhanced. Trust policy and caller need sts:SetContext:

    provider=arn:aws:iam::aws:contextProvider/IdentityCenter
    assertion=$(understudy token identity-center --user-id ID)
    aws sts assume-role --role-arn ARN --role-session-name me \
      --provided-contexts "ProviderArn=$provider,ContextAssertion=$assertion"`
}

// Run asks for a context assertion.
func (c *identityCenterCommand) Run() error {
	return c.sign(&idp.Request{IdentityCenter: &idp.IdentityCenter{
		UserID: c.UserID, IdentityStore: c.IdentityStore, Instance: c.Instance, Application: c.Application, Account: c.Account,
	}})
}

// sign asks the server for the token and shows it.
func (f *tokenFlags) sign(q *idp.Request) error {
	if err := f.fill(q); err != nil {
		return err
	}
	m, err := f.manage()
	if err != nil {
		return err
	}
	var t idp.Token
	if err := m.Do(context.Background(), client.Call{Route: management.SignToken, Body: q}, &t); err != nil {
		return m.told(err)
	}
	if t.Token == "" {
		return noServerError{errors.New("the answer is not a token; is it an understudy server, and as new as this command?")}
	}
	for _, w := range t.Warnings {
		say("understudy: warning: " + decisions.Clean(w))
	}
	return f.show(&t, m)
}

// fill copies the flags to the request.
func (f *tokenFlags) fill(q *idp.Request) error {
	q.Issuer, q.Subject, q.Audience, q.Algorithm = f.Issuer, f.Subject, f.Audience, f.Algorithm
	q.Tags, q.TransitiveTagKeys, q.SourceIdentity, q.Roles = f.Tag, f.Pass, f.Source, f.Role
	q.ExpiresIn, q.IssuedAgo = seconds(f.Expires), seconds(f.IssuedAgo)
	q.Claims = idp.Claims{}
	for name, text := range f.Claim {
		q.Claims[name] = text
	}
	for name, text := range f.ClaimJSON {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil || d.More() {
			return usageError{fmt.Errorf("--claim-json %s=%s is not JSON; give a string with --claim instead", name, text)}
		}
		q.Claims[name] = v
	}
	return nil
}

// seconds rounds away from 0, because 0 means the default.
func seconds(d time.Duration) int64 {
	s := int64(d / time.Second)
	switch rest := d % time.Second; {
	case rest > 0:
		s++
	case rest < 0:
		s--
	}
	return s
}

func (f *tokenFlags) show(t *idp.Token, m *manager) error {
	if f.Out != "" {
		if err := writePrivate(f.Out, t.Token); err != nil {
			return usageError{fmt.Errorf("--out: %w", err)}
		}
	}
	switch {
	case f.JSON:
		return m.printRaw()
	case f.Out == "":
		_, err := fmt.Println(t.Token)
		return err
	}
	path, err := filepath.Abs(f.Out)
	if err != nil {
		path = f.Out
	}
	fmt.Printf("Wrote the token, good until %s. Use it: export AWS_WEB_IDENTITY_TOKEN_FILE=%s AWS_ROLE_ARN=...\n",
		t.ExpiresAt.Format(time.RFC3339), shell.Quote(path))
	return nil
}

// writePrivate writes a file that only its owner can read, completely or not at all. It
// does not end in a newline, because not every SDK removes one.
func writePrivate(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".token-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
