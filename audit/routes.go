package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/internal/shell"
)

// report makes a finding of the routes of each method.
func (g *graph) report(p *person, list []*route) error {
	for len(list) > 0 {
		id := list[0].method
		var same, rest []*route
		for _, r := range list {
			if r.method == id {
				r.told = true
				same = append(same, r)
			} else {
				rest = append(rest, r)
			}
		}
		list = rest
		if err := g.reportMethod(p, same); err != nil {
			return err
		}
	}
	return nil
}

// reportMethod makes a finding of the routes of one method, of which the first is shown.
func (g *graph) reportMethod(p *person, same []*route) error {
	f := Finding{Principal: p.arn(), Evidence: same[0].trail.evidence}
	if same[0].to != p {
		f.Resource = same[0].to.arn()
	}
	if len(same) > 1 {
		f.Evidence = append(slices.Clip(f.Evidence), fact("The same leads to "+namesOf(same[1:])+"."))
	}
	return g.reportRoutes(same[0].method, f, p, same)
}

func (g *graph) reportRoutes(id string, f Finding, p *person, same []*route) error {
	c, _ := Find(id)
	f.Title = p.label() + " " + strings.TrimPrefix(c.Title, "It ")
	var err error
	if f.Fix, f.Advice, err = g.fix(id, p, same); err != nil {
		return err
	}
	g.find(&c, f)
	return nil
}

// namesOf names those to whom routes lead, as far as they are few.
func namesOf(list []*route) string {
	if len(list) >= mostVictims {
		return "many others"
	}
	var names []string
	for _, r := range list {
		if arn := r.to.arn(); !slices.Contains(names, arn) {
			names = append(names, arn)
		}
	}
	return joined(names)
}

// label is what people call the person: "user ana".
func (p *person) label() string { return p.standing.Holder().Kind + " " + p.name() }

// tell makes the paths of the report, and a finding of each that leads over others.
func (g *graph) tell(from *person) error {
	for _, p := range g.people {
		r := g.routes[p]
		if r == nil || from != nil && from != p {
			continue
		}
		path := Path{From: p.arn()}
		var evidence []Evidence
		for at := r; ; at = g.routes[at.to] {
			path.To = at.to.arn()
			path.Steps = append(path.Steps, at.trail.steps...)
			for _, e := range at.trail.evidence {
				if !slices.Contains(evidence, e) {
					evidence = append(evidence, e)
				}
			}
			if at.ends || g.goals[at.to] {
				break
			}
		}
		g.state.report.Paths = append(g.state.report.Paths, path)
		if r.told || g.o.To != "" {
			continue
		}
		f := Finding{Principal: p.arn(), Evidence: evidence}
		if path.To != path.From {
			f.Resource = path.To
		}
		if err := g.reportRoutes(byChain, f, p, []*route{r}); err != nil {
			return err
		}
	}
	return nil
}

// fix are the commands that close the routes, and advice where there may be a better way.
// What is denied is the one permission without which none of the routes is open, on the
// others to whom they lead and on nothing else, as far as these are few.
func (g *graph) fix(id string, p *person, same []*route) (commands []string, advice string, err error) {
	if isLinked(p) {
		return nil, "A role of a service cannot be changed; take away what the routes lead to.", nil
	}
	deny := denial{Effect: "Deny", Sid: "Audit" + strings.ReplaceAll(id, "-", ""), Action: same[0].closed[0].action}
	for _, r := range same {
		if on := r.closed[0].resource; !slices.Contains(deny.Resource, on) {
			deny.Resource = append(deny.Resource, on)
		}
	}
	if len(deny.Resource) > mostVictims {
		deny.Resource = []string{"*"}
	}
	document, err := json.Marshal(struct {
		Version   string
		Statement []denial
	}{evaluator.Version2012, []denial{deny}})
	if err != nil {
		return nil, "", err
	}
	kind := p.standing.Holder().Kind
	commands = []string{shell.Command([]string{
		"aws", "iam", "put-" + kind + "-policy", "--" + kind + "-name", p.name(), "--policy-name", "audit-" + id,
		"--policy-document", string(document),
	})}
	if e := same[0].trail.evidence; len(e) > 0 && e[0].Line > 0 {
		advice = fmt.Sprintf("Or take %s out of the statement in line %d of %s.", deny.Action, e[0].Line, e[0].Policy)
	}
	return commands, advice, nil
}

// denial is a statement of a policy.
type denial struct {
	Sid      string
	Effect   string
	Action   string
	Resource []string
}
