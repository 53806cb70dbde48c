package conformance_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/anishathalye/porcupine"
)

// move is a call of a history, about the user, the policy and their attachment that have
// this name. The value is that of the user's tag.
type move struct{ kind, name, value string }

// answer is what a move answered. A call that broke off may have had its effect
// or not, or have it later.
type answer struct {
	value, code string
	broken      bool
}

// pairState is the state of a user and a policy of one name.
type pairState struct {
	tag              string // of the user; "": there is none
	policy, attached bool
}

// pairModel is the model that histories are compared with.
var pairModel = porcupine.Model{
	Partition: byName,
	Init:      func() any { return pairState{} },
	Step: func(state, input, output any) (bool, any) {
		return advance(state.(pairState), input.(move), output.(answer))
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
}

func byName(history []porcupine.Operation) (parts [][]porcupine.Operation) {
	index := map[string]int{}
	for _, o := range history {
		name := o.Input.(move).name
		if _, ok := index[name]; !ok {
			index[name] = len(parts)
			parts = append(parts, nil)
		}
		parts[index[name]] = append(parts[index[name]], o)
	}
	return parts
}

// advance tells whether a move may have this answer, and what is then.
func advance(s pairState, m move, r answer) (legal bool, next pairState) {
	next, want := expected(s, m)
	if r.broken {
		return true, next
	}
	return r.code == want.code && r.value == want.value, next
}

// expected returns what a move does and answers.
func expected(s pairState, m move) (next pairState, want answer) {
	refused := func(code string) (pairState, answer) { return s, answer{code: code} }
	next = s
	switch m.kind {
	case "create":
		if s.tag != "" {
			return refused("EntityAlreadyExists")
		}
		next.tag = m.value
		return next, answer{}
	case "create policy":
		if s.policy {
			return refused("EntityAlreadyExists")
		}
		next.policy = true
		return next, answer{}
	case "delete policy":
		if !s.policy {
			return refused("NoSuchEntity")
		}
		if s.attached {
			return refused("DeleteConflict")
		}
		next.policy = false
		return next, answer{}
	}
	if s.tag == "" { // the others need a user
		return refused("NoSuchEntity")
	}
	switch m.kind {
	case "delete":
		if s.attached {
			return refused("DeleteConflict")
		}
		next.tag = ""
	case "tag":
		next.tag = m.value
	case "read":
		return s, answer{value: s.tag}
	case "attach":
		if !s.policy {
			return refused("NoSuchEntity")
		}
		next.attached = true
	case "detach":
		if !s.attached {
			return refused("NoSuchEntity")
		}
		next.attached = false
	case "list":
		return s, answer{value: fmt.Sprint(s.attached)}
	}
	return next, answer{}
}

// moves are the kinds of calls, with those that are made more often.
var moves = []string{
	"create", "create", "delete", "tag", "tag", "read", "read", "read", "create policy", "create policy", "delete policy",
	"attach", "attach", "detach", "list", "list",
}

// TestIllegalHistories has histories that no server with the rules of one may
// have.
func TestIllegalHistories(t *testing.T) {
	t.Parallel()
	at := func(call, end int64, kind, value string, r answer) porcupine.Operation {
		return porcupine.Operation{Input: move{kind, "u", value}, Call: call, Return: end, Output: r}
	}
	created := at(0, 1, "create", "a", answer{})
	policy := at(0, 1, "create policy", "", answer{})
	attached := at(2, 3, "attach", "", answer{})
	for name, list := range map[string][]porcupine.Operation{
		"a write that is not seen": {created, at(2, 3, "read", "", answer{code: "NoSuchEntity"})},
		"a write that is undone":   {created, at(2, 3, "tag", "b", answer{}), at(4, 5, "read", "", answer{value: "a"})},
		"two who both create":      {created, at(0, 1, "create", "b", answer{})},
		"a broken call seen and gone": {
			created, at(2, math.MaxInt64, "tag", "b", answer{broken: true}),
			at(3, 4, "read", "", answer{value: "b"}), at(5, 6, "read", "", answer{value: "a"}),
		},
		"an attached policy that is deleted": {created, policy, attached, at(4, 5, "delete policy", "", answer{})},
		"a user with a policy that is deleted": {
			created, policy, attached, at(4, 5, "delete", "", answer{}),
		},
		"attached and deleted at once": {
			created, policy, at(2, 5, "attach", "", answer{}), at(2, 5, "delete policy", "", answer{}),
			at(6, 7, "list", "", answer{value: "true"}),
		},
		"an attachment that is not listed": {created, policy, attached, at(4, 5, "list", "", answer{value: "false"})},
	} {
		if porcupine.CheckOperations(pairModel, list) {
			t.Errorf("%s: the history is legal", name)
		}
	}
	for name, list := range map[string][]porcupine.Operation{
		"a broken call that had no effect": {
			created, at(2, math.MaxInt64, "tag", "b", answer{broken: true}), at(5, 6, "read", "", answer{value: "a"}),
		},
		"a conflict": {created, policy, attached, at(4, 5, "delete policy", "", answer{code: "DeleteConflict"})},
	} {
		if !porcupine.CheckOperations(pairModel, list) {
			t.Errorf("%s is not legal", name)
		}
	}
}
