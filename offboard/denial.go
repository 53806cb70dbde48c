package offboard

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/principal"
)

// PolicyName is the inline policy of the user that denies older sessions; that of a role
// has "-" and the user's name behind it.
const PolicyName = "OffboardOlderSessions"

// RevocationName is the inline policy with which AWS's console ends all older sessions of
// a role.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
const RevocationName = "AWSRevokeOlderSessions"

// mostNamed is how many sessions a policy of a role names at most: AWS lets all inline
// policies of a role have 10,240 characters, and a session takes up to 100.
const mostNamed = 60

// document is a policy document, as encoding/json writes it.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Effect    string
	Action    []string
	Resource  []string
	Condition map[string]map[string]any
}

// narrow limits a denial to sessions that have one of the values of a condition key.
type narrow struct {
	key    string
	values []string
}

// denial is a policy that denies everything to sessions that began before the date, to
// all of them or, for each narrow, to those that it names.
func denial(date string, narrows []narrow) string {
	d := document{Version: "2012-10-17"}
	for _, n := range append([]narrow{}, narrows...) {
		d.Statement = append(d.Statement, older(date, map[string]any{n.key: n.values}))
	}
	if len(narrows) == 0 {
		d.Statement = []statement{older(date, nil)}
	}
	text, _ := json.Marshal(d) // strings and lists of them have JSON
	return string(text)
}

func older(date string, equals map[string]any) statement {
	s := statement{Effect: "Deny", Action: []string{"*"}, Resource: []string{"*"},
		Condition: map[string]map[string]any{"DateLessThan": {"aws:TokenIssueTime": date}}}
	if equals != nil {
		s.Condition["StringEquals"] = equals
	}
	return s
}

// revoke plans that the sessions of roles end.
func (p *Plan) revoke(s *State, o Options) {
	roles := byRole(p.Sessions)
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		if n := narrows(roles[role], s.Earlier[role]); len(n) > 0 {
			p.limit(role, PolicyName+"-"+p.User, n)
		}
	}
	for _, l := range p.Left {
		if o.RevokeRoles {
			p.limit(l.Role, RevocationName, nil)
		}
	}
}

// limit plans a denial on a role.
func (p *Plan) limit(role, policy string, n []narrow) {
	arn, _ := principal.ParseARN(role)
	step := Step{Operation: "PutRolePolicy", Account: arn.AccountID, dated: exact,
		Why: "all sessions of the role that began before are denied everything, whoever has them"}
	if n != nil {
		step.dated, step.Why = ahead, "sessions of "+p.User+" that began before are denied everything, and no others"
	}
	_, _, name := arn.Entity()
	step.input = func(date string) any {
		return &iam.PutRolePolicyInput{RoleName: &name, PolicyName: &policy, PolicyDocument: aws.String(denial(date, n))}
	}
	p.step(step)
}

// narrows name the sessions that nobody else has, by their source identity where they
// have one, and those that an earlier run has named. None: there is nothing to name.
func narrows(open []Session, earlier string) []narrow {
	named, before := map[string]map[string]bool{}, map[string]map[string]bool{}
	var d document
	_ = json.Unmarshal([]byte(earlier), &d) // a policy that somebody has written otherwise is replaced
	for _, s := range d.Statement {
		for key, values := range s.Condition["StringEquals"] {
			list, _ := values.([]any)
			for _, v := range list {
				if text, ok := v.(string); ok {
					add(before, key, text)
				}
			}
		}
	}
	for i := range open {
		switch s := &open[i]; {
		case len(s.Shared) > 0:
		case s.SourceIdentity != "":
			add(named, "aws:SourceIdentity", s.SourceIdentity)
		default:
			add(named, "aws:userid", s.ID)
		}
	}
	var list []narrow
	for _, key := range []string{"aws:SourceIdentity", "aws:userid"} {
		maps.DeleteFunc(before[key], func(value string, _ bool) bool { return named[key][value] })
		values := append(slices.Sorted(maps.Keys(named[key])), slices.Sorted(maps.Keys(before[key]))...)
		if len(values) > 0 {
			list = append(list, narrow{key, values[:min(len(values), mostNamed)]})
		}
	}
	return list
}

// Roles are the ARNs of the roles of which the plan's sessions are.
func (p *Plan) Roles() []string { return slices.Sorted(maps.Keys(byRole(p.Sessions))) }
