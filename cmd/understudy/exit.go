package main

import (
	"errors"
	"os"
)

// The exit codes of every command. Success is 0.
const (
	exitNo       = 1 // the answer is no, or what was asked for could not be done
	exitUsage    = 2 // the command line, a variable, or a file or name that it gives is wrong
	exitNoServer = 3 // no understudy answers at the address
)

// exitHelp says the same to people.
const exitHelp = `Exit codes: 0 the command did what it should, or the answer is yes; 1 the answer is no (something is denied, a server ` +
	`is not well), or it could not be done; 2 the command line, a variable, or a file or name that it gives is wrong; 3 no server answers.`

// usageError is an error of the one who typed the command.
type usageError struct{ error }

func (usageError) ExitCode() int { return exitUsage }

func (e usageError) Unwrap() error { return e.error }

// noServerError says that no understudy answers.
type noServerError struct{ error }

func (noServerError) ExitCode() int { return exitNoServer }

func (e noServerError) Unwrap() error { return e.error }

// errAnsweredNo ends a command whose answer is no, and has been printed.
var errAnsweredNo = errors.New("the answer is no")

// fail says what is wrong and ends the process. The last error of a chain that
// has an exit code decides it: a command may make a 3 of its own a 1.
func fail(err error) {
	if !errors.Is(err, errAnsweredNo) {
		say("understudy: " + err.Error())
		quoteRefused(err)
	}
	os.Exit(exitCode(err))
}

func exitCode(err error) int {
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return exitNo
}
