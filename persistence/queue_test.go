package persistence_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/understudy-iam/understudy/persistence"
)

func task(id string) *persistence.DeletionTask {
	return &persistence.DeletionTask{ID: id, RoleName: "r", Ordered: created}
}

// taskSize is how many bytes such a task has.
const taskSize = 19

func ids(t *testing.T, tx persistence.Tx) string {
	t.Helper()
	var list []string
	for r, err := range persistence.DeletionTasks.Oldest(tx, account) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r.ID)
	}
	return strings.Join(list, " ")
}

func TestQueueDropsTheOldest(t *testing.T) {
	t.Parallel()
	is := func(ids ...string) func(*persistence.DeletionTask) bool {
		return func(r *persistence.DeletionTask) bool { return strings.Contains(strings.Join(ids, " "), r.ID) }
	}
	const two = 2*taskSize + 1
	for name, c := range map[string]struct {
		bound persistence.Bound
		fate  persistence.Fate[persistence.DeletionTask]
		room  bool
		left  string
	}{
		"there is room": {persistence.Bound{Records: 5, Bytes: 1 << 20}, persistence.Fate[persistence.DeletionTask]{},
			true, "d c b a"},
		"room for one more": {persistence.Bound{Records: 4, Bytes: 1 << 20}, persistence.Fate[persistence.DeletionTask]{},
			true, "c b a"},
		"room for few": {
			persistence.Bound{Records: 2, Bytes: 1 << 20}, persistence.Fate[persistence.DeletionTask]{}, true, "a",
		},
		"room for no bytes": {persistence.Bound{Records: 9, Bytes: 1}, persistence.Fate[persistence.DeletionTask]{}, true, ""},
		"room for some bytes": {
			persistence.Bound{Records: 9, Bytes: two}, persistence.Fate[persistence.DeletionTask]{}, true, "b a",
		},
		"some are too old": {
			persistence.Bound{Records: 9, Bytes: 1 << 20}, persistence.Fate[persistence.DeletionTask]{Old: is("d", "c")}, true, "b a",
		},
		"some must be kept": {
			persistence.Bound{Records: 3, Bytes: 1 << 20}, persistence.Fate[persistence.DeletionTask]{Keep: is("d", "b")}, true, "d b",
		},
		"all must be kept": {
			persistence.Bound{Records: 3, Bytes: 1 << 20}, persistence.Fate[persistence.DeletionTask]{Keep: is("d", "b", "c", "a")},
			false, "d c b a",
		},
		"what is kept may be too old": {
			persistence.Bound{Records: 9, Bytes: 1 << 20}, persistence.Fate[persistence.DeletionTask]{Old: is("d", "c"), Keep: is("d")},
			true, "d b a",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			update(t, func(tx persistence.Tx) error {
				for _, id := range []string{"d", "c", "b", "a"} { // the order is not that of the keys
					if err := persistence.DeletionTasks.Add(tx, account, task(id)); err != nil {
						return err
					}
				}
				var dropped []string
				c.fate.Drop = func(r *persistence.DeletionTask) error {
					dropped = append(dropped, r.ID)
					return nil
				}
				c.fate.Bound = c.bound
				room, err := persistence.DeletionTasks.Keep(tx, account, task("new"), c.fate)
				if room {
					c.left += " new"
				}
				if err != nil || room != c.room || ids(t, tx) != strings.TrimSpace(c.left) {
					t.Errorf("room %v, left %q, %v; want %v, %q", room, ids(t, tx), err, c.room, c.left)
				}
				if n, err := persistence.DeletionTasks.Count(tx, account); err != nil ||
					n+len(dropped) != 4+strings.Count(c.left, "new") || n != len(strings.Fields(c.left)) {
					t.Errorf("%d are counted, %v were dropped, %v", n, dropped, err)
				}
				return nil
			})
		})
	}
}

// The youngest is the last one that was added, whatever happens to it and to others.
func TestYoungestOfAQueue(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		q := persistence.DeletionTasks
		if r, err := q.Youngest(tx, account); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("an empty queue has %+v, %v", r, err)
		}
		changed := task("b")
		err := errors.Join(q.Add(tx, account, task("c")), q.Add(tx, account, changed))
		changed.Told = true
		err = errors.Join(err, q.Put(tx, account, changed), q.Delete(tx, account, "c"))
		if r, err := q.Youngest(tx, account); err != nil || r.ID != "b" || !r.Told {
			t.Errorf("the youngest is %+v, %v", r, err)
		}
		err = errors.Join(err, q.Delete(tx, account, "b"))
		if r, err := q.Youngest(tx, account); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("after its end it is %+v, %v", r, err)
		}
		return err
	})
}

// Records of a version without queues have no numbers and are not counted. They come
// before all others, and no deletion makes a count negative.
func TestQueueAdoptsRecordsOfEarlierVersions(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		q := persistence.DeletionTasks
		for i := range 5 {
			if err := q.Add(tx, account, task(fmt.Sprint("old", i))); err != nil {
				return err
			}
		}
		forget(t, tx)
		if err := q.Delete(tx, account, "old0"); err != nil {
			return err
		}
		told, err := q.Get(tx, account, "old1")
		if err != nil {
			return err
		}
		told.Told = true
		if err := q.Put(tx, account, told); err != nil {
			return err
		}
		room, err := q.Keep(tx, account, task("new"),
			persistence.Fate[persistence.DeletionTask]{Bound: persistence.Bound{Records: 4, Bytes: 1 << 20}})
		if err != nil || !room {
			t.Errorf("room %v, %v", room, err)
		}
		if diff := cmp.Diff("old2 old3 old4 new", ids(t, tx)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		n, err := q.Count(tx, account)
		if n != 4 {
			t.Errorf("%d are counted", n)
		}
		return err
	})
}

// forget changes the records of the queue to what an earlier version has stored.
func forget(t *testing.T, tx persistence.Tx) {
	t.Helper()
	var gone [][]byte
	for item, err := range tx.Scan([]byte(account), nil) {
		if err != nil {
			t.Fatal(err)
		}
		key := string(item.Key)
		if strings.Contains(key, "\x00#\x00") || strings.Contains(key, "/order\x00") {
			gone = append(gone, []byte(key))
		}
	}
	if len(gone) != 3+5 {
		t.Fatalf("%q are the counts and the order", gone)
	}
	for _, key := range gone {
		if err := tx.Delete(key); err != nil {
			t.Fatal(err)
		}
	}
	for r, err := range persistence.DeletionTasks.Scan(tx, account, nil, nil) {
		if err != nil {
			t.Fatal(err)
		}
		r.Number = 0
		value := testRecord(t, tx, r)
		if err := tx.Put([]byte(account+"\x00deletion-task\x00"+r.ID+"\x00"), value); err != nil {
			t.Fatal(err)
		}
	}
}

// testRecord is how a record is stored.
func testRecord(t *testing.T, tx persistence.Tx, r *persistence.DeletionTask) []byte {
	t.Helper()
	other := "111111111111"
	if err := persistence.DeletionTasks.Put(tx, other, r); err != nil {
		t.Fatal(err)
	}
	value, err := tx.Get([]byte(other + "\x00deletion-task\x00" + r.ID + "\x00"))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// Delegation requests are in the order of their creation, and a stored request without any
// state causes no error.
func TestOrderOfDelegationRequests(t *testing.T) {
	t.Parallel()
	update(t, func(tx persistence.Tx) error {
		request := func(id string, at time.Time) *persistence.DelegationRequest {
			return &persistence.DelegationRequest{
				ID: id, WorkflowID: id, Changes: []persistence.DelegationChange{{Time: at}, {Time: created}},
			}
		}
		q := persistence.DelegationRequests
		err := errors.Join(
			q.Add(tx, account, request("late", created.Add(time.Hour))),
			q.Add(tx, account, request("early", created)),
			q.Add(tx, account, request("before time", time.Unix(-5, 0))),
			q.Add(tx, account, &persistence.DelegationRequest{ID: "none", WorkflowID: "none"}),
		)
		var got []string
		for r, err := range q.Oldest(tx, account) {
			if err != nil {
				return err
			}
			got = append(got, r.ID)
		}
		if diff := cmp.Diff([]string{"before time", "early", "late"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return err
	})
}
