package main

// givenFlag is a flag, and whether it is given.
type givenFlag struct {
	name  string
	given bool
}

// firstGiven is the name of the first flag that is given; empty if none is. It finds
// flags that have no effect without another one.
func firstGiven(flags ...givenFlag) string {
	for _, f := range flags {
		if f.given {
			return f.name
		}
	}
	return ""
}
