package advice

import (
	"fmt"
	"strings"
)

// blame records that a statement leaves this request out on purpose.
func (s *search) blame(x *exam, gaps []gap) {
	var why []string
	mistaken := false
	for i := range gaps {
		if gaps[i].amend == nil && gaps[i].why != "" {
			why, mistaken = append(why, gaps[i].why), mistaken || gaps[i].mistaken
		}
	}
	if len(why) == 0 {
		return
	}
	p := s.pointOf(x, strings.Join(why, ", and "))
	if mistaken {
		p.Sentence = fmt.Sprintf("Look at %s: %s.", s.statementName(x), strings.Join(why, ", and "))
	}
	s.denied = append(s.denied, p)
}

func (s *search) pointOf(x *exam, why string) Step {
	return Step{
		Kind: LeaveDenied, Layer: x.at.kind.String(), Level: s.levelName(x.at),
		Sentence: fmt.Sprintf("This denial is the point of %s: %s.", s.statementName(x), why),
	}
}

// blameDeny records why a Deny statement applies, unless an exception to it was found,
// which says so.
func (s *search) blameDeny(st *state, x *exam, exceptions []*state) {
	why := s.applied(st, x)
	if len(exceptions) == 0 {
		s.denied = append(s.denied, s.pointOf(x, why))
		return
	}
	for _, e := range exceptions {
		last := &e.steps[len(e.steps)-1]
		last.Sentence += " It applies because " + why + "."
	}
}

// points are the steps of LeaveDenied: one for each statement, except those that other
// advice already changes.
func (s *search) points(list []Advice) []Step {
	var out []Step
	seen := map[string]bool{}
	for _, p := range s.denied {
		if !seen[p.Sentence] {
			out = append(out, p)
		}
		seen[p.Sentence] = true
	}
	if len(out) == 0 && len(list) == 0 && s.left <= 0 {
		return []Step{{Kind: LeaveDenied, Sentence: "The policies are so large that the search for advice ended before it had found any."}}
	}
	if len(out) == 0 && len(list) == 0 {
		out = append(out, Step{Kind: LeaveDenied, Sentence: "No change of the request or of a single statement allows it " +
			"without opening more than was asked for."})
	}
	return out
}
