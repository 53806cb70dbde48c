package gateway

import (
	"strconv"
	"testing"
	"time"
)

// What an upstream has said is known for a while, unless something of its service has
// changed since it was asked.
func TestFacts(t *testing.T) {
	t.Parallel()
	var f facts
	now := time.Unix(0, 0)
	is := func(when string, at time.Time, want any) {
		t.Helper()
		if got, _, ok := f.get("sqs", "policy q", at); got != want || ok != (want != nil) {
			t.Errorf("%s it is %v, known %t, want %v", when, got, ok, want)
		}
	}
	turn := func() uint64 {
		_, turn, _ := f.get("sqs", "another", now)
		return turn
	}
	is("before it was said", now, nil)
	f.put("sqs", "policy q", turn(), fact{"p", now.Add(factsLast)})
	is("then", now, "p")
	is("when it has become old", now.Add(factsLast), nil)
	f.forget("sns")
	is("after another service has changed", now, "p")
	begun := turn()
	f.forget("sqs")
	is("after the service has changed", now, nil)
	f.put("sqs", "policy q", begun, fact{"p", now.Add(factsLast)})
	is("after an answer that may be older than the change", now, nil)
}

func TestFactsAreBounded(t *testing.T) {
	t.Parallel()
	var f facts
	for i := range maxFacts + 1 {
		f.put("sqs", strconv.Itoa(i), 0, fact{})
	}
	if n := len(f.known["sqs"]); n > maxFacts {
		t.Errorf("%d facts are kept, want %d or fewer", n, maxFacts)
	}
}
