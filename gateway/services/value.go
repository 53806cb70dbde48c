package services

import "errors"

// value is a part of a request's body, in any of the protocols. A value that is absent is nil. It
// is decoded only when it is asked for.
type value interface {
	// member returns the member of a structure or the value of a key of a map.
	// The error says that another server could read a different value.
	member(name string) (value, error)

	// list returns the elements of the list that a member is.
	list(name string) ([]value, error)

	// entries returns the entries of a map, or of a structure whose member names are data.
	entries() ([]entry, error)

	// elements returns the elements of a list.
	elements() ([]value, error)

	// text returns a string, a number or a Boolean as a string.
	text() (string, bool)
}

// textOf returns a value as a string; empty if the value is absent or is not a scalar.
func textOf(v value) string {
	if v == nil {
		return ""
	}
	text, _ := v.text()
	return text
}

// entry is a key of a map with its value.
type entry struct {
	key   string
	value value
}

// The reasons why a body cannot be read.
var (
	errSyntax    = errors.New("its body is not well formed")
	errTwice     = errors.New("a member is there twice, or in another spelling")
	errTooMuch   = errors.New("its body has too many parts")
	errElsewhere = errors.New("an ARN in it is of another partition or region")
	errNoARN     = errors.New("a member that must be an ARN has something else")
)
