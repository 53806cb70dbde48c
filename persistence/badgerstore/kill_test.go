package badgerstore_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
)

// killed copies the directory of an open store after f, which is what a kill at
// that moment would leave, and then closes the store.
func killed(t *testing.T, s persistence.Store, f func()) string {
	t.Helper()
	f()
	dir := copyOf(t, badgerstore.Dir(s))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// childDir is how the test binary learns that it is the writer to be killed.
const childDir = "UNDERSTUDY_TEST_WRITE_TO"

// childSync makes the writer wait for the medium.
const childSync = "UNDERSTUDY_TEST_SYNC"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, writeForever(context.Background(), dir, os.Stdout))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const chains = 4

// writeForever continues chains of transactions, each chain in a goroutine of its own,
// and after each commit writes the chain and the number to out.
func writeForever(ctx context.Context, dir string, out io.Writer) error {
	s, err := badgerstore.Open(badgerstore.Options{Dir: dir, SyncWrites: os.Getenv(childSync) != ""})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for chain := range chains {
		go func() {
			for {
				n, err := extend(ctx, s, chain)
				if errors.Is(err, persistence.ErrFull) {
					continue
				}
				if err == nil {
					var ack [8]byte
					binary.BigEndian.PutUint32(ack[:], uint32(chain))
					binary.BigEndian.PutUint32(ack[4:], uint32(n))
					_, err = out.Write(ack[:]) // one write, so that it comes whole
				}
				if err != nil {
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

// links is the number of pairs in the transaction n. Most are small; some are
// too large for one of Badger's, and go through the journal.
func links(n int) (count, size int) {
	switch {
	case n%40 == 39:
		return 3, 1_200_000
	case n%10 == 9:
		return 200, 3_000
	}
	return 3 + n%5, 100
}

// extend commits the next transaction of a chain: its number, and pairs with that
// number. It keeps only the pairs of the last ten transactions.
func extend(ctx context.Context, s persistence.Store, chain int) (n int, err error) {
	err = s.Update(ctx, func(tx persistence.Tx) error {
		last, err := head(tx, chain)
		if err != nil {
			return err
		}
		n = last + 1
		count, size := links(n)
		for i := range count {
			if err := tx.Put(linkKey(chain, n, i), linkValue(chain, n, size)); err != nil {
				return err
			}
		}
		old, _ := links(n - 10)
		for i := range old {
			if err := tx.Delete(linkKey(chain, n-10, i)); err != nil {
				return err
			}
		}
		return tx.Put(headKey(chain), binary.BigEndian.AppendUint32(nil, uint32(n)))
	})
	return n, err
}

// head returns the number of a chain's last transaction, 0 before the first.
func head(tx persistence.Tx, chain int) (int, error) {
	value, err := tx.Get(headKey(chain))
	switch {
	case errors.Is(err, persistence.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	}
	return int(binary.BigEndian.Uint32(value)), nil
}

func headKey(chain int) []byte { return fmt.Appendf(nil, "head/%d", chain) }

func linkKey(chain, n, i int) []byte { return fmt.Appendf(nil, "link/%d/%09d/%03d", chain, n, i) }

func linkValue(chain, n, size int) []byte {
	value := make([]byte, size)
	for i := 0; i+8 <= size; i += 8 {
		binary.BigEndian.PutUint64(value[i:], uint64(chain)<<56|uint64(n)<<24|uint64(i))
	}
	return value
}

// check verifies that a chain is at least as long as was acknowledged, and that its last
// ten transactions are complete and the only ones there.
func check(ctx context.Context, s persistence.Store, chain, acknowledged int) error {
	return s.View(ctx, func(tx persistence.Tx) error {
		n, err := head(tx, chain)
		if err != nil {
			return err
		}
		if n < acknowledged {
			return fmt.Errorf("chain %d: %d transactions, but %d were acknowledged", chain, n, acknowledged)
		}
		want := lastLinks(chain, n)
		for item, err := range tx.Scan(fmt.Appendf(nil, "link/%d/", chain), nil) {
			if err != nil {
				return err
			}
			if value, ok := want[string(item.Key)]; !ok || !bytes.Equal(value, item.Value) {
				return fmt.Errorf("chain %d of %d: half a transaction: %s", chain, n, item.Key)
			}
			delete(want, string(item.Key))
		}
		if len(want) > 0 {
			return fmt.Errorf("chain %d of %d: half a transaction: %d pairs are missing", chain, n, len(want))
		}
		return nil
	})
}

// lastLinks returns the pairs of the last ten transactions of n.
func lastLinks(chain, n int) map[string][]byte {
	out := map[string][]byte{}
	for m := max(1, n-9); m <= n; m++ {
		count, size := links(m)
		for i := range count {
			out[string(linkKey(chain, m, i))] = linkValue(chain, m, size)
		}
	}
	return out
}

// TestKill kills a writing process again and again, at a random moment each time, and
// checks that nothing acknowledged is lost and no transaction is there in part. After
// some kills the next writer continues in the same directory.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	var acknowledged [chains]int
	for round := range testkit.Rounds(t, 4, 4*time.Second) {
		when := kill{after: random.IntN(60), moment: time.Duration(random.IntN(20_000)) * time.Microsecond}
		if round%4 == 2 {
			when.after = 0
		}
		writeAndKill(t, dir, &acknowledged, when)
		if round%3 == 1 {
			continue
		}
		s, err := badgerstore.Open(badgerstore.Options{Dir: dir})
		if err != nil {
			t.Fatalf("round %d, seed %d: %v", round, seed, err)
		}
		for chain, n := range acknowledged {
			if err := check(t.Context(), s, chain, n); err != nil {
				t.Errorf("round %d, seed %d: %v", round, seed, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("acknowledged by chain: %v", acknowledged)
}

// kill says when to kill: a time after the start, or after a number of acknowledgements.
type kill struct {
	after  int
	moment time.Duration
}

// writeAndKill runs a writer, kills it, and notes the last number by chain that
// it acknowledged.
func writeAndKill(t *testing.T, dir string, acknowledged *[chains]int, when kill) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { time.AfterFunc(when.moment, func() { _ = child.Process.Kill() }) }
	if when.after == 0 {
		kill()
	}
	in := bufio.NewReader(out)
	for count := 1; ; count++ {
		var ack [8]byte
		if _, err := io.ReadFull(in, ack[:]); err != nil {
			break // the pipe of the dead child is empty
		}
		acknowledged[binary.BigEndian.Uint32(ack[:])] = int(binary.BigEndian.Uint32(ack[4:]))
		if count == when.after {
			kill()
		}
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("the writer ended by itself: %v", err)
	}
}
