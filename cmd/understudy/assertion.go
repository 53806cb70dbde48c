package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/federation/idp"
	"github.com/understudy-iam/understudy/internal/textfile"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/management/client"
)

type assertionCommand struct {
	endpoint
	Subject  string   `arg:"" optional:"" help:"@assertionSubject"`
	Role     []string `sep:"none" placeholder:"ARN" help:"A role that may be assumed; again for more."`
	Provider string   `placeholder:"ARN" help:"The SAML provider of these roles; needed with --role."`
	Metadata bool     `help:"Print the metadata to make a SAML provider of, and nothing else."`
	Issuer   string   `placeholder:"URI" help:"The issuer of the assertion or of the metadata, which may be any; without it, the server's own."`

	SessionName      string            `placeholder:"NAME" help:"Name of the session."`
	SessionDuration  time.Duration     `placeholder:"DURATION" help:"The longest session, such as 15m."`
	SessionExpiresIn time.Duration     `placeholder:"DURATION" help:"When the session must be over."`
	Tag              map[string]string `mapsep:"none" placeholder:"KEY=VALUE" help:"A session tag; again for more."`
	TransitiveTagKey []string          `sep:"none" placeholder:"KEY" help:"The key of a tag that is handed on to chained sessions."`
	SourceIdentity   string            `placeholder:"NAME" help:"The source identity of the session."`
	Attribute        []string          `sep:"none" placeholder:"NAME=VALUE" help:"Any other attribute; again for more, and for more values."`
	Format           string            `placeholder:"URI" help:"The format of the subject's name; persistent by default."`

	Recipient  string        `placeholder:"URL" help:"For whom the assertion is; AWS's sign-in URL by default."`
	Audience   string        `placeholder:"URI" help:"To whom it is restricted; the same by default."`
	ExpiresIn  time.Duration `placeholder:"DURATION" help:"The rest of its life, 5m by default; --expires-in=-1m has expired."`
	IssuedAgo  time.Duration `placeholder:"DURATION" help:"For how long it has been there."`
	ValidIn    time.Duration `placeholder:"DURATION" help:"When it begins to be valid, as NotBefore says."`
	EncryptFor string        `complete:"file" placeholder:"FILE" help:"Encrypt it for the RSA key of this certificate, in PEM."`

	JSON bool `name:"json" help:"Print JSON: the response and what it says."`
}

// Help is shown by --help.
func (assertionCommand) Help() string {
	return `The server must run with --idp. It asserts what one asks for; the response is printed as AssumeRoleWithSAML takes it.

    understudy assertion --metadata >metadata.xml
    aws iam create-saml-provider --name local \
      --saml-metadata-document file://metadata.xml
    assertion=$(understudy assertion ana --role $ROLE --provider $PROVIDER)
    aws sts assume-role-with-saml --role-arn $ROLE --principal-arn $PROVIDER \
      --saml-assertion "$assertion"`
}

// Run asks the server for an assertion, or for its metadata, and prints it.
func (c *assertionCommand) Run() error {
	m, err := c.manage()
	if err != nil {
		return err
	}
	if c.Metadata {
		body, err := m.Open(context.Background(), client.Call{Route: management.ShowSAMLMetadata, Query: url.Values{"issuer": {c.Issuer}}})
		if err != nil {
			return m.told(err)
		}
		defer body.Close()
		_, err = io.Copy(os.Stdout, body)
		return err
	}
	q, err := c.request()
	if err != nil {
		return usageError{err}
	}
	var r idp.SAMLResponse
	err = m.Do(context.Background(), client.Call{Route: management.SignAssertion, Body: q}, &r)
	switch {
	case err != nil, c.JSON:
		return m.end(err)
	case r.Response == "":
		return noServerError{errors.New("the answer is not understudy's")}
	default:
		_, err = fmt.Fprintln(os.Stdout, r.Response)
	}
	return err
}

func (c *assertionCommand) request() (*idp.SAMLRequest, error) {
	if c.Subject == "" {
		return nil, errors.New("the assertion has no subject; say who it is about: understudy assertion NAME")
	}
	if len(c.Role) > 0 && c.Provider == "" {
		return nil, errors.New("--role needs --provider: an assertion names a role with its SAML provider; give the provider's ARN too")
	}
	seconds := func(d time.Duration) int64 { return int64(d / time.Second) }
	q := &idp.SAMLRequest{
		Issuer: c.Issuer, Subject: c.Subject, SubjectFormat: c.Format, SessionName: c.SessionName,
		SessionDuration: seconds(c.SessionDuration), Tags: c.Tag, TransitiveTagKeys: c.TransitiveTagKey,
		SourceIdentity: c.SourceIdentity, Recipient: c.Recipient,
		Audience:  c.Audience,
		ExpiresIn: seconds(c.ExpiresIn), IssuedAgo: seconds(c.IssuedAgo), ValidIn: seconds(c.ValidIn),
		SessionExpiresIn: seconds(c.SessionExpiresIn),
		Attributes:       map[string]idp.Texts{},
	}
	for _, role := range c.Role {
		q.Roles = append(q.Roles, idp.SAMLRole{Role: role, Provider: c.Provider})
	}
	for _, text := range c.Attribute {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--attribute %q is not NAME=VALUE; give one such as department=sales", text)
		}
		q.Attributes[name] = append(q.Attributes[name], value)
	}
	if c.EncryptFor != "" {
		certificate, err := textfile.Read(c.EncryptFor, textfile.Document)
		if err != nil {
			return nil, fmt.Errorf("--encrypt-for: %w", err)
		}
		q.Certificate = string(certificate)
	}
	return q, nil
}
