package main

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/internal/awsprofile"
	"github.com/understudy-iam/understudy/internal/shell"
	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/server"
)

const defaultAddr = "127.0.0.1:4260"

type envCommand struct {
	endpoint
	sessionFlags
	partitionFlag
	As      string `name:"as" placeholder:"NAME" help:"@envAs"`
	Region  string `env:"UNDERSTUDY_REGION" placeholder:"REGION" help:"@envRegion"`
	JSON    bool   `name:"json" help:"Print JSON."`
	Profile string `placeholder:"NAME" help:"Write the AWS profile NAME to the files of the AWS CLI and SDKs instead of printing exports."`
}

// Help is the end of the help text.
func (*envCommand) Help() string {
	return `The exports are for shells like bash and zsh, and are safe to evaluate.

    eval "$(understudy env)"
    eval "$(understudy env --as alice)"
    understudy env --profile app --as role/app    # its sessions are renewed
    aws --profile app sts get-caller-identity`
}

// Run prints shell exports, or writes a profile.
func (c *envCommand) Run() error {
	url, err := c.url()
	if err != nil {
		return err
	}
	issued := &management.IssuedCredentials{Credentials: management.Credentials{AccessKeyID: c.RootAccessKeyID,
		SecretAccessKey: c.RootSecretAccessKey}}
	if c.As != "" {
		if issued, err = c.credentialsOf(c.As, &c.sessionFlags); err != nil {
			return err
		}
	}
	c.Region = cmp.Or(c.Region, cmp.Or(partitionOf(issued.ARN), c.partition()).Region())
	if c.Profile != "" {
		return c.writeProfile(url, issued)
	}
	return c.export(url, issued)
}

// export prints shell exports, or the variables as JSON.
func (c *envCommand) export(url string, issued *management.IssuedCredentials) error {
	variables := [][2]string{
		{"AWS_ENDPOINT_URL", url},
		{"AWS_ENDPOINT_URL_STS", url}, // the Go SDK uses only this one to assume roles for its profiles
		{"AWS_ACCESS_KEY_ID", issued.AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", issued.SecretAccessKey},
		{"AWS_REGION", c.Region},
		{"AWS_DEFAULT_REGION", c.Region},
	}
	others := "AWS_SESSION_TOKEN AWS_PROFILE"
	if issued.SessionToken != "" {
		variables, others = append(variables, [2]string{"AWS_SESSION_TOKEN", issued.SessionToken}), "AWS_PROFILE"
	}
	if c.JSON {
		object := map[string]string{}
		for _, v := range variables {
			object[v[0]] = v[1]
		}
		return printJSON(object)
	}
	for _, v := range variables {
		fmt.Printf("export %s=%s\n", v[0], shell.Quote(v[1]))
	}
	fmt.Println("unset", others)
	if issued.Expiration != nil {
		fmt.Printf("# %s until %s; a profile renews itself: understudy env --as %s --profile NAME\n",
			issued.ARN, issued.Expiration.UTC().Format(time.RFC3339), shell.Quote(c.As))
	}
	return nil
}

// url is the URL at which a client finds the server that listens on the address.
func (e *endpoint) url() (string, error) {
	host, port, err := net.SplitHostPort(e.Addr)
	if err != nil {
		return "", usageError{fmt.Errorf("--addr %q is not host:port; give the address that the server listens on", e.Addr)}
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port), nil
}

func (c *envCommand) writeProfile(url string, issued *management.IssuedCredentials) error {
	s := awsprofile.Settings{EndpointURL: url, Region: c.Region, AccessKeyID: issued.AccessKeyID, SecretAccessKey: issued.SecretAccessKey}
	if issued.SessionToken != "" { // it expires: the profile asks again
		process, err := c.process()
		if err != nil {
			return err
		}
		s = awsprofile.Settings{EndpointURL: url, Region: c.Region, CredentialProcess: process}
	}
	files, err := awsprofile.Write(c.Profile, s)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(map[string]any{"profile": c.Profile, "files": files})
	}
	fmt.Fprintf(os.Stdout, "Wrote profile %s to %s. Use it: export AWS_PROFILE=%s\n",
		c.Profile, strings.Join(files, " and "), shell.Quote(c.Profile))
	return nil
}

// process is the command line that prints the credentials of the profile.
func (c *envCommand) process() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	words := []string{program, "credentials", c.As, "--addr", c.Addr, "--session-name", c.SessionName, "--duration", c.Duration.String()}
	if c.ExternalID != "" {
		words = append(words, "--external-id", c.ExternalID)
	}
	if c.SkipTrust {
		words = append(words, "--skip-trust")
	}
	if c.RootAccessKeyID != server.DefaultRootAccessKeyID || c.RootSecretAccessKey != server.DefaultRootSecretAccessKey {
		words = append(words, "--root-access-key-id", c.RootAccessKeyID, "--root-secret-access-key", c.RootSecretAccessKey)
	}
	return shell.Command(words), nil
}
