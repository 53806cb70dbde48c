package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/understudy-iam/understudy/awsapi/model"
	"github.com/understudy-iam/understudy/evaluator/catalog"
	"github.com/understudy-iam/understudy/internal/awscli"
	"github.com/understudy-iam/understudy/internal/spelling"
)

// wrongWord matches kong's error for a word that is not a command. kong's own suggestion
// may follow.
var wrongWord = regexp.MustCompile(`^unexpected argument (\S+?)(?:, did you mean .*)?$`)

// unknownCommand is the word that kong expected to be a command.
func unknownCommand(err error) (word string, ok bool) {
	m := wrongWord.FindStringSubmatch(err.Error())
	if m == nil {
		return "", false
	}
	return m[1], true
}

// otherWords are names that other programs have for the commands.
var otherWords = map[string]string{
	"start": "serve", "run": "serve", "up": "serve", "server": "serve",
	"configure": "env", "login": "env", "profile": "env",
	"creds": "credentials", "assume": "credentials", "assume-role": "credentials",
	"status": "health", "ping": "health",
	"why": "explain", "denied": "explain", "last": "explain",
	"logs": "watch", "log": "watch", "tail": "watch", "events": "watch", "decisions": "watch",
	"evaluate": "simulate", "simulate-custom-policy": "simulate", "simulate-principal-policy": "simulate",
	"seed": "import", "load": "import", "apply": "import", "restore": "import",
	"dump": "export", "save": "export", "backup": "export",
	"hire": "onboard", "join": "onboard", "fire": "offboard", "leave": "offboard", "revoke": "offboard", "renew": "rotate",
	"time": "clock", "date": "clock", "chaos": "faults", "saml": "assertion", "jwt": "token", "oidc": "token",
}

// instead says what to do instead of a command that does not exist.
func instead(k *kong.Kong, word string) string {
	if command := guess(k, word); command != "" {
		return fmt.Sprintf("did you mean understudy %s? understudy --help shows all", command)
	}
	words := operation(word)
	if _, ok := catalog.Find(word); ok {
		words = word
	}
	if words != "" {
		return fmt.Sprintf("AWS's calls are made with an AWS client: aws %s ..., after eval \"$(understudy env)\"", words)
	}
	return "understudy --help shows those that there are"
}

// guess is the command that was most likely meant; empty if there is none.
func guess(k *kong.Kong, word string) string {
	word = strings.ToLower(word)
	if command := otherWords[word]; command != "" {
		return command
	}
	var names []string
	for _, command := range k.Model.Children {
		switch {
		case command.Hidden:
		case len(word) > 1 && strings.HasPrefix(command.Name, word):
			return command.Name
		default:
			names = append(names, command.Name)
		}
	}
	names = append(names, slices.Sorted(maps.Keys(otherWords))...)
	meant := near(word, names)
	if command := otherWords[meant]; command != "" {
		return command
	}
	return meant
}

// near is the name that was most likely meant by a word of a command line; empty if none
// is similar.
func near(word string, names []string) string {
	return spelling.Nearest(word, slices.Values(names), max(len(word)/3, 1))
}

// operation is the AWS CLI's name for the operation of IAM or STS that the word names,
// such as "iam list-users"; empty if it names none.
func operation(word string) string {
	for _, s := range model.New().Services {
		for _, op := range s.Operations {
			if name := awscli.Name(op.Name); word == name || word == op.Name {
				return s.Name + " " + name
			}
		}
	}
	return ""
}
