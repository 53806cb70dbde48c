package advice

import (
	"fmt"
	"strings"
)

// Permissions that a call which begins a session needs only for some of its parameters,
// and the condition key of one of these.
const (
	tagSession        = "sts:TagSession"
	setSourceIdentity = "sts:SetSourceIdentity"
	sourceIdentity    = "sts:SourceIdentity"
)

// withheld is the advice to make the call without the parameters that need this
// permission; false if other parts need it too. A federated caller's parameters come with
// its token.
func (s *search) withheld(st *state) (Advice, bool) {
	if !s.calls("sts", "AssumeRole") && !s.calls("sts", "GetFederationToken") {
		return Advice{}, false
	}
	change, what := &Request{NotNeeded: true}, ""
	switch {
	case strings.EqualFold(st.request.Action, tagSession):
		what = "session tags"
		for _, name := range st.request.Context.Names() {
			if beginsWith(name, requestTags) || strings.EqualFold(name, "aws:TagKeys") || strings.EqualFold(name, "sts:TransitiveTagKeys") {
				change.Unset = append(change.Unset, name)
			}
		}
	case strings.EqualFold(st.request.Action, setSourceIdentity):
		what, change.Unset = "source identity", []string{sourceIdentity}
	default:
		return Advice{}, false
	}
	without := &state{request: changed(&st.request, change)}
	words, more := s.whole(without, nil)
	if words == nil {
		more = keepOptions
	}
	return Advice{Kind: ChangeRequest, Steps: []Step{{
		Kind: ChangeRequest, Request: change, Command: line(words),
		Sentence: fmt.Sprintf("Leave out the %s: the call needs %s for nothing else.%s", what, st.request.Action, more),
	}}}, true
}
