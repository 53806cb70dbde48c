// Command understudy is AWS IAM and STS on localhost.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "devel"

// cli is the command line. Each flag of serve is also an environment variable.
type cli struct {
	Serve    serveCommand    `cmd:"" help:"Start the server."`
	Env      envCommand      `cmd:"" help:"Print the exports that point an AWS client at the server, or write an AWS profile."`
	Simulate simulateCommand `cmd:"" help:"Say whether policies allow actions, and which statement decides."`
	Explain  explainCommand  `cmd:"" help:"Say why a call was allowed or denied, and what would allow it."`
	Watch    watchCommand    `cmd:"" help:"Show decisions as they are made."`
	Clock    clockCommand    `cmd:"" help:"Show the server's clock, move it or stop it: what ends after hours is so tested at once."`
	Health   healthCommand   `cmd:"" help:"Ask the server how it is; the exit code is 0 if it is well."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

type versionCommand struct{}

func (versionCommand) Run() error {
	fmt.Println("understudy", version)
	return nil
}

func main() {
	ignoreEmptyVariables()
	var c cli
	k := kong.Must(&c,
		kong.Name("understudy"),
		kong.Description("AWS IAM and STS on localhost: signed requests, stored state, real policy decisions."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	ctx, err := k.Parse(os.Args[1:])
	if err != nil {
		fail(err)
	}
	if err := ctx.Run(); err != nil {
		fail(err)
	}
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

func fail(err error) {
	fmt.Fprintln(os.Stderr, "understudy:", err)
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		os.Exit(coded.ExitCode())
	}
	os.Exit(1)
}
