package management

// Bodies that have no exported type.
type (
	RefusedQuestion = refusedQuestion
	Undecided       = undecided
)
