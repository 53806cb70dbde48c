// Command understudy is AWS IAM and STS on localhost.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/understudy-iam/understudy/internal/completion"
)

// version is set by the linker, or by main if the program was installed with
// `go install`.
var version = unreleased

const unreleased = "devel"

// installed is the module's version that `go install` recorded, or the value that version
// already has.
func installed() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || version != unreleased || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return version
	}
	return info.Main.Version
}

// cli is the command line. Each flag of serve is also an environment variable.
type cli struct {
	Serve       serveCommand       `cmd:"" group:"Run it:" help:"Start the server."`
	Env         envCommand         `cmd:"" group:"Run it:" help:"@cliEnv"`
	Credentials credentialsCommand `cmd:"" group:"Run it:" help:"@cliCredentials"`
	Health      healthCommand      `cmd:"" group:"Run it:" help:"Ask whether the server is well."`
	Explain     explainCommand     `cmd:"" group:"Ask why:" help:"Say why a call was allowed or denied, and what would allow it."`
	Watch       watchCommand       `cmd:"" group:"Ask why:" help:"Show decisions as they are made."`
	Events      eventsCommand      `cmd:"" group:"Ask why:" help:"List calls as CloudTrail records them: who did what."`
	Alerts      alertsCommand      `cmd:"" group:"Ask why:" help:"Show what rules have found in calls, and test rules."`
	Can         canCommand         `cmd:"" group:"Ask why:" help:"Say whether a user or role may do something, and why."`
	WhoCan      whoCanCommand      `cmd:"" group:"Ask why:" help:"List the users and roles that may do something."`
	Simulate    simulateCommand    `cmd:"" group:"Ask why:" help:"Say whether policies allow actions, and which statement decides."`
	Gateway     gatewayCommand     `cmd:"" group:"Ask why:" help:"Say what the gateway knows of AWS's services."`
	Lint        lintCommand        `cmd:"" group:"Check policies:" help:"Say what is wrong with policies, before they are used."`
	Audit       auditCommand       `cmd:"" group:"Check policies:" help:"Find who can become an administrator, and what else is wrong."`
	Compare     compareCommand     `cmd:"" group:"Check policies:" help:"Say what one policy grants that another does not."`
	Test        testCommand        `cmd:"" group:"Check policies:" help:"Run tests of policies: who may and who may not do what."`
	Draft       draftCommand       `cmd:"" group:"Check policies:" help:"Write the least policy that calls need, or check one."`
	Onboard     onboardCommand     `cmd:"" group:"Govern people:" help:"Make a user whole or not at all, with rights by groups alone."`
	Offboard    offboardCommand    `cmd:"" group:"Govern people:" help:"@cliOffboard"`
	Rotate      rotateCommand      `cmd:"" group:"Govern people:" help:"@cliRotate"`
	Import      importCommand      `cmd:"" group:"Fill it and keep it:" help:"@cliImport"`
	Export      exportCommand      `cmd:"" group:"Fill it and keep it:" help:"@cliExport"`
	Clock       clockCommand       `cmd:"" group:"Test with it:" help:"@cliClock"`
	Faults      faultsCommand      `cmd:"" group:"Test with it:" help:"@cliFaults"`
	Token       tokenCommand       `cmd:"" group:"Test with it:" help:"@cliToken"`
	Assertion   assertionCommand   `cmd:"" group:"Test with it:" help:"@cliAssertion"`
	Totp        totpCommand        `cmd:"" group:"Test with it:" help:"Print the code that an MFA device shows."`
	Completion  completionCommand  `cmd:"" group:"The command itself:" help:"Print a script with which a shell completes the command's words."`
	Version     versionCommand     `cmd:"" group:"The command itself:" help:"Print the version."`

	ShowVersion kong.VersionFlag `name:"version" help:"Print the version."`
}

// Help is the end of the help text.
func (*cli) Help() string {
	return `Two commands are enough to begin:

    understudy serve              # the server, on 127.0.0.1:4260
    eval "$(understudy env)"      # in another shell, for any AWS client:
    aws iam create-user --user-name alice

` + exitHelp
}

type versionCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the version of the program; as JSON, also how it was built.
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
	ctx, err := k.Parse(arguments(os.Args[1:]))
	if err != nil {
		fail(misread(k, err))
	}
	if err := ctx.Run(); err != nil {
		fail(err)
	}
}

// arguments are the words of the command line. No word at all, or the word help before a
// command, asks for the help.
func arguments(words []string) []string {
	switch {
	case len(words) == 0:
		return []string{"--help"}
	case words[0] == "help":
		return append(slices.Clone(words[1:]), "--help")
	}
	return words
}

// parser reads command lines into c.
func parser(c *cli) *kong.Kong {
	return kong.Must(c,
		kong.Name("understudy"),
		kong.Description("AWS IAM and STS on localhost: signed requests, stored state, real policy decisions."),
		kong.Vars{"version": "understudy " + version},
		kong.PostBuild(setHelpTexts),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 120}),
	)
}

// ignoreEmptyVariables treats an empty variable as unset, as authors of compose files
// expect.
func ignoreEmptyVariables() {
	for _, v := range os.Environ() {
		if name, value, _ := strings.Cut(v, "="); value == "" && strings.HasPrefix(name, "UNDERSTUDY_") {
			os.Unsetenv(name)
		}
	}
}
