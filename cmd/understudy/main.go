// Command understudy is AWS IAM and STS on localhost.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/understudy-iam/understudy/internal/completion"
)

// version is set by the linker, or by main if the program was installed with
// `go install`.
var version = unreleased

const unreleased = "devel"

// installed is the module's version that `go install` recorded, or what version
// is already.
func installed() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || version != unreleased || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return version
	}
	return info.Main.Version
}

// cli is the command line. Each flag of serve is also an environment variable.
type cli struct {
	Serve       serveCommand       `cmd:"" help:"Start the server."`
	Env         envCommand         `cmd:"" help:"Print the exports that point an AWS client at the server, or write an AWS profile."`
	Credentials credentialsCommand `cmd:"" help:"Print credentials of a role, as credential_process of AWS profiles wants them."`
	Simulate    simulateCommand    `cmd:"" help:"Say whether policies allow actions, and which statement decides."`
	Explain     explainCommand     `cmd:"" help:"Say why a call was allowed or denied, and what would allow it."`
	Watch       watchCommand       `cmd:"" help:"Show decisions as they are made."`
	Clock       clockCommand       `cmd:"" help:"Show the server's clock, move it or stop it: what ends after hours is so tested at once."`
	Faults      faultsCommand      `cmd:"" help:"Make chosen calls throttle, fail, hang, drop, come late or see an older state, so that a client's retries are tested."`
	Token       tokenCommand       `cmd:"" help:"Print a token of an identity provider, for AssumeRoleWithWebIdentity; the server signs it if it was started with --idp."`
	Assertion   assertionCommand   `cmd:"" help:"Print a SAML response that the local identity provider signs, or its metadata."`
	Health      healthCommand      `cmd:"" help:"Ask the server how it is; the exit code is 0 if it is well."`
	Completion  completionCommand  `cmd:"" help:"Print what makes a shell complete the command's words."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
	Export      exportCommand      `cmd:"" help:"Write the state of the server as a seed, with secrets only if they are asked for."`
	Import      importCommand      `cmd:"" help:"Apply a seed to the running server, or what the AWS CLI prints of a real account."`
}

// Help is the end of the help text.
func (*cli) Help() string {
	return `Two commands are enough to begin:

    understudy serve                  # the server, on 127.0.0.1:4260
    eval "$(understudy env)"          # in another shell; then use any AWS client

` + exitHelp
}

type versionCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the version of the program, and as JSON what it was made with too.
func (c versionCommand) Run() error {
	if c.JSON {
		return printJSON(map[string]string{
			"version": version, "go": runtime.Version(), "os": runtime.GOOS, "architecture": runtime.GOARCH,
		})
	}
	fmt.Println("understudy", version)
	return nil
}

func main() {
	version = installed()
	ignoreEmptyVariables()
	k := parser(&cli{})
	if len(os.Args) > 1 && os.Args[1] == completion.Command {
		if err := complete(k, os.Args[2:]); err != nil {
			fail(err)
		}
		return
	}
	ctx, err := k.Parse(os.Args[1:])
	if err != nil {
		fail(misread(err))
	}
	if err := ctx.Run(); err != nil {
		fail(err)
	}
}

// parser reads command lines into c.
func parser(c *cli) *kong.Kong {
	return kong.Must(c,
		kong.Name("understudy"),
		kong.Description("AWS IAM and STS on localhost: signed requests, stored state, real policy decisions."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 120}),
	)
}

// ignoreEmptyVariables makes an empty variable count as none, as those who write
// compose files expect.
func ignoreEmptyVariables() {
	for _, v := range os.Environ() {
		if name, value, _ := strings.Cut(v, "="); value == "" && strings.HasPrefix(name, "UNDERSTUDY_") {
			os.Unsetenv(name)
		}
	}
}
