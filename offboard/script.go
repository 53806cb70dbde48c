package offboard

import (
	"fmt"
	"strings"
	"time"
)

// What a script has in the place of dates.
const (
	aheadDate = "DATE-AHEAD"
	exactDate = "DATE-EXACT"
)

// Script is the plan as a script of bash with the AWS CLI. It goes on where it was
// stopped if it is run again. The dates of policies are those of its run; but if literal
// is true, for a server whose clock was moved, they are those of the plan.
func (p *Plan) Script(literal bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, scriptHead, p.verb(), p.User, p.Account, p.Generated.Format(time.RFC3339))
	fmt.Fprintf(&b, accountCheck, p.Account, p.Account)
	seen := map[dateKind]bool{}
	for i := range p.Steps {
		step := &p.Steps[i]
		fmt.Fprintf(&b, "\n# %s\n", step.Why)
		if step.dated != undated && !literal && !seen[step.dated] {
			seen[step.dated] = true
			b.WriteString(dateLines[step.dated])
		}
		fmt.Fprintf(&b, "try %s\n", p.scripted(step, literal))
	}
	if !p.Delete {
		fmt.Fprintf(&b, lastCheck, p.User, p.User, p.User, p.User)
	}
	fmt.Fprintf(&b, "\necho %s is %sd\n", p.User, p.verb())
	return b.String()
}

func (p *Plan) verb() string {
	if p.Delete {
		return "delete"
	}
	return "disable"
}

// scripted is the command of a step in a script.
func (p *Plan) scripted(s *Step, literal bool) string {
	var before []string
	if s.Account != p.Account {
		before = []string{"--profile", "PROFILE-OF-" + s.Account}
	}
	input := s.Input(p.Generated)
	if !literal && s.dated == ahead {
		input = s.input(aheadDate)
	} else if !literal && s.dated == exact {
		input = s.input(exactDate)
	}
	// A document is in single quotation marks, since it has double ones.
	return strings.NewReplacer(aheadDate, `'"$before"'`, exactDate, `'"$now"'`, "PROFILE-OF-"+s.Account,
		`"${PROFILE_`+s.Account+`:?set it to a profile of the AWS CLI for account `+s.Account+`}"`).
		Replace(command(s.Operation, input, before...))
}

const scriptHead = `#!/usr/bin/env bash
# To %s the user %s of account %s: a plan of %s.
# It may be run again: what is gone already is not an error.
set -euo pipefail

try() {
  local said
  said=$("$@" 2>&1) && return 0
  case $said in *NoSuchEntity*) return 0 ;; esac
  printf '%%s\n' "$said" >&2
  exit 1
}
`

const accountCheck = `
if [ "$(aws sts get-caller-identity --query Account --output text)" != %s ]; then
  echo "these are not credentials of account %s" >&2
  exit 1
fi
`

// dateLines set the variables that policies have. The first are for date of GNU and of BSD.
var dateLines = map[dateKind]string{
	ahead: `before=$(date -u -d '+1 minute' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null ||
  date -u -v+1M +%Y-%m-%dT%H:%M:%SZ)
`,
	exact: `sleep 1 # sessions count in seconds
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
`,
}

const lastCheck = `
# What the plan did not know would stay.
left=$(aws iam list-access-keys --user-name %s --output text \
  --query 'AccessKeyMetadata[?Status==` + "`Active`" + `].AccessKeyId')
if [ -n "$left" ]; then
  echo "%s has active keys that the plan does not know: $left" >&2
  exit 1
fi
if aws iam get-login-profile --user-name %s >/dev/null 2>&1; then
  echo "%s has a password that the plan does not know" >&2
  exit 1
fi
`
