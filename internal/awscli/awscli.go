// Package awscli writes calls of IAM and STS as the AWS CLI takes them: the names of
// operations and options, and values.
//
// For calls of other services it writes what is in the Call.
//
// Caveats: it knows the CLI's exceptions to its own rules only for IAM and STS. Words are
// not quoted for a shell.
package awscli

import (
	"regexp"
	"strings"
)

// The rules by which the CLI makes a-name of AName.
var (
	plural = regexp.MustCompile(`[A-Z]{2,}s$`) // as in ListOpenIDs: one word
	word   = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	end    = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// Name returns the CLI's name of an operation or a member, such as list-mfa-devices.
func Name(s string) string {
	if last := plural.FindString(s); last != "" {
		s = strings.TrimSuffix(s, last) + "-" + strings.ToLower(last)
	}
	return strings.ToLower(end.ReplaceAllString(word.ReplaceAllString(s, "$1-$2"), "$1-$2"))
}

// Option returns the option that takes a member of an operation's input, such as
// --user-name.
func Option(member string) string { return "--" + Name(member) }

// Required returns the options that an operation of IAM needs besides its input.
// https://docs.aws.amazon.com/cli/latest/reference/iam/create-virtual-mfa-device.html
func Required(operation string) []Argument {
	if operation == "CreateVirtualMFADevice" {
		return []Argument{
			{Option: "--outfile", Values: []string{"seed.png"}}, {Option: "--bootstrap-method", Values: []string{"QRCodePNG"}},
		}
	}
	return nil
}
