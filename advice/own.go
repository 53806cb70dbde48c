package advice

import (
	"fmt"
	"strings"
)

// ownResource changes the request to the resource that a pattern with variables
// means for this caller, if that is one resource or one that the caller can choose.
func (s *search) ownResource(st *state, pattern string) []step {
	text, ok := st.resolved(pattern)
	if !ok || text == st.request.Resource {
		return nil
	}
	name := strings.NewReplacer("*", sample, "?", "X").Replace(text)
	made := step{Step: Step{Kind: ChangeRequest, Request: &Request{Resource: name}}, edited: -1}
	if name == text {
		made.Sentence = fmt.Sprintf("Use your own resource: %s.", text)
	} else {
		made.Sentence = fmt.Sprintf("Use a resource of your own, one that matches %s.", text)
	}
	return []step{made}
}
