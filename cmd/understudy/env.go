package main

import (
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/internal/awsprofile"
)

const defaultAddr = "127.0.0.1:4260"

type envCommand struct {
	endpoint
	Region  string `default:"us-east-1" env:"UNDERSTUDY_REGION" help:"Region that the client signs for."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Profile string `placeholder:"NAME" help:"Write the AWS profile NAME to the files of the AWS CLI and SDKs instead of printing exports."`
}

// Help is the end of the help text.
func (*envCommand) Help() string {
	return `The exports are for shells like bash and zsh, and are safe to evaluate.

    eval "$(understudy env)"
    understudy env --profile local && aws --profile local sts get-caller-identity`
}

// Run prints shell exports, or writes a profile.
func (c *envCommand) Run() error {
	url, err := c.url()
	if err != nil {
		return err
	}
	if c.Profile != "" {
		return c.writeProfile(url)
	}
	variables := [][2]string{
		{"AWS_ENDPOINT_URL", url},
		{"AWS_ENDPOINT_URL_STS", url}, // the Go SDK assumes roles for its profiles by this one only
		{"AWS_ACCESS_KEY_ID", c.RootAccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", c.RootSecretAccessKey},
		{"AWS_REGION", c.Region},
		{"AWS_DEFAULT_REGION", c.Region},
	}
	if c.JSON {
		object := map[string]string{}
		for _, v := range variables {
			object[v[0]] = v[1]
		}
		return printJSON(object)
	}
	for _, v := range variables {
		fmt.Printf("export %s=%s\n", v[0], shellQuote(v[1]))
	}
	fmt.Println("unset AWS_SESSION_TOKEN AWS_PROFILE")
	return nil
}

// url is where a client finds the server that listens on the address.
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

func (c *envCommand) writeProfile(url string) error {
	files, err := awsprofile.Write(c.Profile, awsprofile.Settings{
		EndpointURL: url, Region: c.Region, AccessKeyID: c.RootAccessKeyID, SecretAccessKey: c.RootSecretAccessKey,
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(map[string]any{"profile": c.Profile, "files": files})
	}
	fmt.Fprintf(os.Stdout, "Wrote profile %s to %s. Use it: export AWS_PROFILE=%s\n",
		c.Profile, strings.Join(files, " and "), shellQuote(c.Profile))
	return nil
}

// shellQuote makes a word of s for a POSIX shell.
func shellQuote(s string) string {
	if s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:@%+=") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
