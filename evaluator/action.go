package evaluator

// ActionPattern is a string as it is in Action and NotAction: "*" stands for any
// run of characters, "?" for one, and case is ignored. It is immutable.
type ActionPattern struct{ pattern pattern }

// NewActionPattern compiles the text of an Action or NotAction.
func NewActionPattern(text string) *ActionPattern {
	return &ActionPattern{compilePattern(text, wildcards|ignoreCase)}
}

// Among returns the actions that match, in their order. It decides as Evaluate does.
func (p *ActionPattern) Among(actions []string) []string {
	var list []string
	var sc scratch
	for _, a := range actions {
		if p.pattern.match(a, nil, &sc) {
			list = append(list, a)
		}
	}
	return list
}

// Matches reports whether the string covers the action. It decides as Evaluate does.
func (p *ActionPattern) Matches(action string) bool {
	var sc scratch
	return p.pattern.match(action, nil, &sc)
}

// Everything reports whether the string covers every action.
func (p *ActionPattern) Everything() bool { return p.pattern.everything() }
