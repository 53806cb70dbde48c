package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/understudy-iam/understudy/evaluator/catalog"
)

// wrongWord is how kong says that a word is no command, with what it would guess.
var wrongWord = regexp.MustCompile(`^unexpected argument (\S+?)(?:, did you mean (?:one of )?(.*)\?)?$`)

// unknownCommand is the word that kong expected to be a command.
func unknownCommand(err error) (word string, ok bool) {
	m := wrongWord.FindStringSubmatch(err.Error())
	if m == nil {
		return "", false
	}
	return m[1], true
}

// otherWords are what other programs call the commands.
var otherWords = map[string]string{
	"start": "serve", "run": "serve", "up": "serve", "server": "serve",
	"configure": "env", "login": "env", "profile": "env",
	"creds": "credentials", "assume": "credentials", "assume-role": "credentials",
	"status": "health", "ping": "health",
	"why": "explain", "denied": "explain", "last": "explain",
	"logs": "watch", "log": "watch", "tail": "watch", "events": "watch", "decisions": "watch",
	"test": "simulate", "evaluate": "simulate", "simulate-custom-policy": "simulate", "simulate-principal-policy": "simulate",
	"seed": "import", "load": "import", "apply": "import", "restore": "import",
	"dump": "export", "save": "export", "backup": "export",
	"time": "clock", "date": "clock", "chaos": "faults", "saml": "assertion", "jwt": "token", "oidc": "token",
}

// instead says what to do instead of the command that there is not.
func instead(k *kong.Kong, word string) string {
	if command := guess(k, word); command != "" {
		return fmt.Sprintf("did you mean understudy %s? understudy --help shows all", command)
	}
	if _, ok := catalog.Find(word); ok {
		return fmt.Sprintf("AWS's calls are made with an AWS client: aws %s ..., after eval \"$(understudy env)\"", word)
	}
	return "understudy --help shows those that there are"
}

// guess is the command that is most likely meant, or empty.
func guess(k *kong.Kong, word string) string {
	word = strings.ToLower(word)
	if command := otherWords[word]; command != "" {
		return command
	}
	best, least := "", max(len(word)/3, 1)+1
	for _, command := range k.Model.Children {
		switch n := letters(word, command.Name); {
		case command.Hidden:
		case len(word) > 1 && strings.HasPrefix(command.Name, word):
			return command.Name
		case n < least:
			best, least = command.Name, n
		}
	}
	return best
}

// letters is how many letters must be put in, taken out or replaced to make b of a.
func letters(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		corner := row[0]
		row[0] = i + 1
		for j := range b {
			replaced := corner
			if a[i] != b[j] {
				replaced++
			}
			corner, row[j+1] = row[j+1], min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
