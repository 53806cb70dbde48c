package advice

import (
	"fmt"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
)

// Power is what a user or role may do now, or what a group gives its members.
type Power struct {
	Bounded bool // it has a permissions boundary

	// May decides, as enforcement does, whether a call by the user, by a session of the
	// role, or by a member of the group with no other policies, is allowed.
	May func(action, resource string) bool
}

// Powers finds the power of the user, role or group that has the ARN. False: there is none, or
// it is not known.
type Powers func(arn string) (Power, bool)

// anything is an action that no service has and no policy names. Only a statement for
// every action covers it.
const anything = "understudy:Anything"

// takers are the actions by which a user, a role or the members of a group give
// themselves a permission, and the action that removes the boundary, by the type in the
// ARN.
var takers = map[string]struct {
	give  []string
	unbar string
}{
	"user":  {[]string{"iam:PutUserPolicy", "iam:AttachUserPolicy"}, "iam:DeleteUserPermissionsBoundary"},
	"role":  {[]string{"iam:PutRolePolicy", "iam:AttachRolePolicy"}, "iam:DeleteRolePermissionsBoundary"},
	"group": {[]string{"iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:PutUserPolicy", "iam:AttachUserPolicy"}, ""},
}

// administrator says that the user or role, or any member of the group, may do
// everything, or may give itself the permission to; empty if not, or if that is not
// known. Each ARN is asked about once.
func (s *search) administrator(arn string) string {
	if said, ok := s.administrators[arn]; ok {
		return said
	}
	said := s.askPower(arn)
	s.administrators[arn] = said
	return said
}

func (s *search) askPower(arn string) string {
	kind := resourceType(arn)
	take, ok := takers[kind]
	if s.Powers == nil || !ok || strings.ContainsAny(arn, "*?") {
		return ""
	}
	p, ok := s.Powers(arn)
	if !ok {
		return ""
	}
	if kind == "group" {
		return administratorsGroup(&p, take.give, arn)
	}
	name := capital(kind) + " " + lastPart(arn)
	for _, give := range take.give {
		if !p.May(give, arn) {
			continue
		}
		switch {
		case p.May(anything, "*"):
			return name + " is an administrator: it may do everything in its account."
		case !p.Bounded || p.May(take.unbar, arn):
			return fmt.Sprintf("%s can make itself an administrator: it may call %s on itself.", name, give)
		}
	}
	return ""
}

// administratorsGroup says the same of the members of a group.
func administratorsGroup(p *Power, give []string, arn string) string {
	if p.May(anything, "*") {
		return fmt.Sprintf("Group %s is one of administrators: its members may do everything in their account.", lastPart(arn))
	}
	for _, action := range give {
		if p.May(action, arn) {
			return fmt.Sprintf("The members of group %s can make themselves administrators: they may call %s.", lastPart(arn), action)
		}
	}
	return ""
}

// escalation warns of what a changed policy lets the caller reach.
func (s *search) escalation(st *state) []Warning {
	r := &st.request
	if own := s.itself(st); own != "" {
		return []Warning{{Escalation, own}}
	}
	switch {
	case isAssume(r.Action):
		return s.becomes(st)
	case !escalates(r):
		return nil
	}
	if admin := s.administrator(r.Resource); admin != "" {
		how := fmt.Sprintf("whoever may call %s on it can act as it", r.Action)
		switch {
		case strings.EqualFold(r.Action, "iam:PassRole"):
			how = "whoever may pass it to a service can do through that service what it can"
		case strings.EqualFold(r.Action, "iam:AddUserToGroup"):
			how = fmt.Sprintf("whoever may call %s on it can become one of them", r.Action)
		case resourceType(r.Resource) == "group":
			how = fmt.Sprintf("whoever may call %s on it changes what they may do", r.Action)
		}
		return []Warning{{Escalation, admin + " " + capital(how) + "."}}
	}
	return []Warning{{Escalation, fmt.Sprintf("%s gives more permissions than its own: "+
		"whoever may do it on %s can act with the permissions that it reaches.", r.Action, r.Resource)}}
}

// becomes warns that the caller can act as the role.
func (s *search) becomes(st *state) []Warning {
	admin := s.administrator(st.request.Resource)
	switch {
	case admin != "":
		return []Warning{{Escalation, admin + " Whoever may assume it can do the same."}}
	case st.touches(evaluator.Trust):
		return []Warning{{Escalation, "Whoever may assume the role can do what it can: look at the policies of the role first."}}
	}
	return nil
}
