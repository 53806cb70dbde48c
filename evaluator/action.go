package evaluator

// ActionPattern is a value of Action or NotAction: "*" matches any run of characters, "?"
// matches one, and case is ignored. It is immutable.
type ActionPattern struct{ pattern pattern }

// NewActionPattern compiles a value of Action or NotAction.
func NewActionPattern(text string) *ActionPattern {
	return &ActionPattern{compilePattern(text, wildcards|ignoreCase)}
}

// Among returns the actions that match, in their order. It matches as Evaluate does.
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

// Matches reports whether the pattern covers the action. It matches as Evaluate does.
func (p *ActionPattern) Matches(action string) bool {
	var sc scratch
	return p.pattern.match(action, nil, &sc)
}

// Everything reports whether the pattern covers every action.
func (p *ActionPattern) Everything() bool { return p.pattern.everything() }
