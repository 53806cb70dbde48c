package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/understudy-iam/understudy/persistence"
)

// changes: whatever random Updates write, in a state in which Reads hold everything that
// was read has the same value as before, also in an Update. An engine that does not tell
// what has changed passes, since no Reads hold in another state.
func changes(t *testing.T, s persistence.Store) {
	r := rand.New(rand.NewPCG(13, 12))
	var questions []*question
	held, fell, told := 0, 0, false
	for range 400 {
		view(t, s, func(tx persistence.Tx) (err error) {
			_, told = tx.(persistence.Changing)
			questions, err = ask(tx, r, questions)
			return err
		})
		update(t, s, func(tx persistence.Tx) error {
			if err := writeSome(tx, r); err != nil {
				return err
			}
			_, err := stillSo(persistence.Before(tx), questions)
			return err
		})
		view(t, s, func(tx persistence.Tx) error {
			n, err := stillSo(tx, questions)
			held, fell = held+n, fell+len(questions)-n
			return err
		})
		questions = questions[max(0, len(questions)-20):] // some are about states of long ago
	}
	if told && (held < 1000 || fell < 1000) {
		t.Errorf("%d Reads hold, %d do not", held, fell)
	}
}

// question is what was read in a state, and the answer.
type question struct {
	reads  persistence.Reads
	keys   []string // a key is got, and a prefix, which ends in "*", is scanned
	answer string
}

// ask adds a question.
func ask(tx persistence.Tx, r *rand.Rand, questions []*question) ([]*question, error) {
	q := &question{}
	for range 1 + r.IntN(3) {
		q.keys = append(q.keys, accountKey(r)+[]string{"", "*"}[r.IntN(2)])
	}
	answer, err := q.ask(q.reads.Of(tx))
	q.answer = answer
	return append(questions, q), err
}

func (q *question) ask(tx persistence.Tx) (answer string, err error) {
	for _, key := range q.keys {
		if prefix, ok := strings.CutSuffix(key, "*"); ok {
			pairs, err := list(tx, []byte(prefix), nil)
			if err != nil {
				return "", err
			}
			answer += fmt.Sprintf("%q; ", pairs)
			continue
		}
		value, err := tx.Get([]byte(key)) // absent is an answer too
		answer += fmt.Sprintf("%q, %v; ", value, err)
	}
	return answer, nil
}

// stillSo asks again what holds, and returns how many questions do.
func stillSo(tx persistence.Tx, questions []*question) (held int, err error) {
	for _, q := range questions {
		if !q.reads.Hold(tx) {
			continue
		}
		held++
		if again, err := q.ask(tx); err != nil || again != q.answer {
			return 0, fmt.Errorf("%q held; it was %s and is %s, %v", q.keys, q.answer, again, err)
		}
	}
	return held, nil
}

// writeSome puts and deletes a few keys.
func writeSome(tx persistence.Tx, r *rand.Rand) error {
	for range 1 + r.IntN(3) {
		key := []byte(accountKey(r))
		if r.IntN(3) == 0 {
			if err := tx.Delete(key); err != nil {
				return err
			}
			continue
		}
		if err := tx.Put(key, fmt.Append(nil, r.IntN(100))); err != nil {
			return err
		}
	}
	return nil
}

// accountKey is a key as tables make them, of few parts so that keys meet, or the
// beginning of one.
func accountKey(r *rand.Rand) string {
	parts := []string{"1", "2", "users", "users/id", "ana", "ben", ""}
	key := ""
	for range 1 + r.IntN(4) {
		key += parts[r.IntN(len(parts))] + "\x00"
	}
	return key[:len(key)-r.IntN(2)]
}
