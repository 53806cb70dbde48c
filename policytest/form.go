package policytest

import (
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/evaluator"
)

// Expectation is what a row expects.
type Expectation string

// The expectations, as the members of a file call them.
const (
	Allow      Expectation = "allow"
	Deny       Expectation = "deny"
	NobodyBut  Expectation = "nobody-but"
	NothingNew Expectation = "grants-nothing-new-over"
)

// File is a file of tests that was read.
type File struct {
	name      string
	state     state
	account   text // whose principals are named without an account
	partition text
	at        time.Time // of the requests; zero: now
	context   []key     // of all rows
	unknown   bool      // actions that the reference does not have are taken
	specs     []spec
}

// state is what the rows are decided in.
type state struct {
	at       Place
	files    []text
	seed     *yaml.Node // written in the file itself; nil: none
	policies []policyHolder
}

// policyHolder is a user who is made for policies in files.
type policyHolder struct {
	name     text
	policies []text
	boundary text
}

// key is a condition key of a row.
type key struct {
	name   text
	values []string
	multi  bool
}

// spec is a row as it is written: lists in it make the product.
type spec struct {
	expect     Expectation
	at         Place
	name       text
	principals []text
	actions    []text
	resources  []text
	contexts   [][]key // at least one; which may be empty
	owner      text
	document   text // the file of the resource's policy
	session    text // the file of a session policy
	because    because

	policies  []text // of NothingNew
	baselines []text
	kind      evaluator.Kind
}

// because is why a row is denied.
type because struct {
	at        Place
	layer     evaluator.Kind
	statement text // the Sid
	either    bool // it was not said whether a layer or a statement is meant
}

func (b because) given() bool { return b.at.Line != 0 }
