package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/completion"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Help is the end of the help text.
func (*completionCommand) Help() string {
	return `Commands, flags, their values, file names and AWS's actions are completed. Where to put it:

    source <(understudy completion bash)     # in ~/.bashrc
    source <(understudy completion zsh)      # in ~/.zshrc, after compinit
    understudy completion fish > ~/.config/fish/completions/understudy.fish`
}

// Run prints the script.
func (c *completionCommand) Run() error {
	script, err := completion.Script(c.Shell, "understudy")
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprint(os.Stdout, script)
	return err
}

// complete answers the completion script of a shell.
func complete(k *kong.Kong, words []string) error {
	return completion.Complete(k.Model.Node, words, map[string]completion.Source{"action": actions}).Write(os.Stdout)
}

// actions are the services that begin with the prefix or, after a colon, their actions.
func actions(prefix string) (list []string) {
	service, name, ok := strings.Cut(prefix, ":")
	if !ok {
		for info := range catalog.Services() {
			if strings.HasPrefix(info.Prefix, service) {
				list = append(list, info.Prefix+":")
			}
		}
		return list
	}
	found, ok := catalog.Find(service)
	if !ok {
		return nil
	}
	for action := range found.Actions() {
		if strings.HasPrefix(action.Name, name) {
			list = append(list, service+":"+action.Name)
		}
	}
	return list
}
