package advice

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// mfa: AssumeRole itself takes a one-time code; for other calls the caller needs a
// session that was begun with one.
func mfa(s *search, st *state, _ *asked) (step, bool) {
	made := step{Step: Step{Request: &Request{Set: []Key{
		{Name: "aws:MultiFactorAuthPresent", Values: []string{"true"}}, {Name: "aws:MultiFactorAuthAge", Values: []string{"0"}},
	}}}}
	d := s.device(&st.request.Principal)
	code := []string{"--serial-number", d.serial, "--token-code", "123456"}
	switch p := &st.request.Principal; {
	case s.calls("sts", "AssumeRole") && p.Kind == evaluator.User:
		made.Sentence = "Pass a one-time code of an MFA device: its serial number and the code that it shows now." + d.more
		made.arguments = code
	case p.Kind == evaluator.User:
		made.Sentence = "Get a session with MFA, and make the call with its credentials. " + d.put + d.more
		made.Command, made.alone = line(append([]string{"aws", "sts", "get-session-token"}, code...)), true
	case p.Kind == evaluator.RoleSession:
		made.Sentence = "Assume the role again with MFA, and make the call with the credentials of that session. " + d.put + d.more
		made.Command, made.alone = line(append(s.assumeAgain(st), code...)), true
	default:
		return step{}, false
	}
	return made, true
}

// device is an MFA device of the caller: its serial number, what to put into a command
// with it, and what else to say.
type device struct{ serial, put, more string }

// device is the MFA device to use. If the user's devices are not known, it has the serial
// number of one that is named after the user.
func (s *search) device(p *evaluator.Principal) device {
	d := device{namedAs(p), "Put in the serial number of the MFA device and the code that it shows now.", ""}
	if s.Devices == nil || p.Kind != evaluator.User {
		return d
	}
	serials, ok := s.Devices(p)
	if !ok {
		return d
	}
	name := lastPart(p.ARN)
	switch len(serials) {
	case 0:
		d.more = fmt.Sprintf(" User %s has no MFA device yet: enable one first.", name)
	case 1:
		d.serial, d.put = serials[0], "Put in the code that the MFA device shows now."
	default:
		d.serial = serials[0]
		d.more = fmt.Sprintf(" User %s has the MFA devices %s; the command names the first.", name, strings.Join(serials, ", "))
	}
	return d
}

// namedAs is the serial number of a virtual MFA device that has the name of its user.
func namedAs(p *evaluator.Principal) string {
	name := "NAME"
	if p.Kind == evaluator.User {
		name = lastPart(p.ARN)
	}
	return fmt.Sprintf("arn:%s:iam::%s:mfa/%s", partition(p.ARN), p.Account, name)
}
