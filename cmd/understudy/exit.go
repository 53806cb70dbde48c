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

// exitHelp describes the exit codes for people.
const exitHelp = `Exit codes: 0 the command did what it should, or the answer is yes; 1 the answer is no (something is denied, a server ` +
	`is not well), or it could not be done; 2 the command line, a variable, or a file or name that it gives is wrong; 3 no server answers.`

// usageError is a mistake of the person who typed the command.
type usageError struct{ error }

func (usageError) ExitCode() int { return exitUsage }

func (e usageError) Unwrap() error { return e.error }

// noServerError says that no understudy answers.
type noServerError struct{ error }

func (noServerError) ExitCode() int { return exitNoServer }

func (e noServerError) Unwrap() error { return e.error }

// errAnsweredNo ends a command whose answer, already printed, is no.
var errAnsweredNo = errors.New("the answer is no")

// fail says what is wrong and ends the process. If several errors of a chain have an exit
// code, the outermost one counts: a command may turn a 3 into a 1.
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
