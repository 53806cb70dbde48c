package audit

// PassingMethod is a method in which a service acts with a role.
type PassingMethod struct {
	ID                string
	Actions, Services []string
}

// Passing are these methods.
func Passing() (list []PassingMethod) {
	for _, m := range passing() {
		list = append(list, PassingMethod{m.id, m.actions, m.services})
	}
	return list
}
