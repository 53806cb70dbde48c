package badgerstore_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/persistence/badgerstore"
)

// asRoot skips a long test that mounts file systems, where that is not allowed.
func asRoot(t *testing.T, programs ...string) {
	t.Helper()
	testkit.Long(t)
	if os.Geteuid() != 0 {
		t.Skip("it mounts file systems, which takes root")
	}
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// mount mounts a file system until unmount is called, or the test ends.
func mount(t *testing.T, args ...string) (dir string, unmount func()) {
	t.Helper()
	dir = t.TempDir()
	if out, err := exec.Command("mount", append(args, dir)...).CombinedOutput(); err != nil {
		t.Skipf("mount %v: %v: %s", args, err, out)
	}
	mounted := true
	unmount = func() {
		if mounted {
			mounted = false
			run(t, "umount", dir)
		}
	}
	t.Cleanup(unmount)
	return dir, unmount
}

// writer is a writing process.
type writer struct {
	t     *testing.T
	child *exec.Cmd
	ended chan struct{}

	mu   sync.Mutex
	acks []ack
}

// ack is an acknowledgement and when it came.
type ack struct {
	chain, n int
	at       time.Time
}

func startWriter(t *testing.T, dir string, env ...string) *writer {
	t.Helper()
	w := &writer{t: t, child: exec.Command(os.Args[0]), ended: make(chan struct{})}
	w.child.Env = append(append(os.Environ(), childDir+"="+dir), env...)
	out, err := w.child.StdoutPipe()
	if err == nil {
		err = w.child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go w.listen(out)
	return w
}

func (w *writer) listen(out io.Reader) {
	defer close(w.ended)
	for {
		var b [8]byte
		if _, err := io.ReadFull(out, b[:]); err != nil {
			return
		}
		w.mu.Lock()
		w.acks = append(w.acks, ack{int(binary.BigEndian.Uint32(b[:])), int(binary.BigEndian.Uint32(b[4:])), time.Now()})
		w.mu.Unlock()
	}
}

// kill ends the process, if it has not ended by itself, and waits for its last
// acknowledgements.
func (w *writer) kill() {
	_ = w.child.Process.Kill()
	<-w.ended
	_ = w.child.Wait()
}

func (w *writer) signal(s syscall.Signal) {
	if err := w.child.Process.Signal(s); err != nil {
		w.t.Error(err)
	}
}

func (w *writer) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acks)
}

// acknowledged returns the last number of each chain that came before a moment.
func (w *writer) acknowledged(before time.Time) (last [chains]int, total int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.acks {
		if a.at.Before(before) {
			last[a.chain] = a.n
			total++
		}
	}
	return last, total
}

// checkAll opens a directory and checks all chains.
func checkAll(t *testing.T, dir string, acknowledged [chains]int) {
	t.Helper()
	s, err := badgerstore.Open(badgerstore.Options{Dir: dir})
	if err != nil {
		t.Error(err)
		return
	}
	for chain, n := range acknowledged {
		if err := check(t.Context(), s, chain, n); err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestPowerCutOnExt4 copies the image of a file system while a process writes to it: that
// is what a power cut leaves. With SyncWrites everything acknowledged is there; without,
// everything acknowledged three seconds before, which allows for a busy machine.
func TestPowerCutOnExt4(t *testing.T) {
	asRoot(t, "mount", "umount", "mkfs.ext4", "cp")
	total := map[string]int{}
	for round := range testkit.Rounds(t, 2, 4*time.Second) {
		env, least := []string(nil), 3*time.Second
		if round%2 == 0 {
			env, least = []string{childSync + "=1"}, 0
		}
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			image := filepath.Join(t.TempDir(), "image")
			run(t, "truncate", "-s", "768M", image)
			run(t, "mkfs.ext4", "-q", image)
			dir, unmount := mount(t, "-o", "loop", image)
			w := startWriter(t, filepath.Join(dir, "data"), env...)
			time.Sleep(least + time.Duration(500+rand.IntN(2000))*time.Millisecond)
			w.signal(syscall.SIGSTOP)
			stopped := time.Now()
			run(t, "cp", "--sparse=always", image, image+".cut")
			w.kill()
			unmount()
			before := stopped.Add(-least)
			if least == 0 {
				before = time.Now() // the pipe held what came before it stopped
			}
			last, count := w.acknowledged(before)
			total[fmt.Sprint("sync ", least == 0)] += count
			after, _ := mount(t, "-o", "loop", image+".cut")
			if count > 0 {
				checkAll(t, filepath.Join(after, "data"), last)
			}
		})
	}
	t.Logf("acknowledged, and to be found: %v", total)
	if total["sync true"] == 0 || total["sync false"] == 0 {
		t.Error("nothing was acknowledged, so the test shows nothing")
	}
}

// TestFullFileSystem fills a small file system from outside while a process
// writes to it, and makes room again. Where nothing at all is left the process
// may end; nothing acknowledged is lost.
func TestFullFileSystem(t *testing.T) {
	asRoot(t, "mount", "umount")
	died, total := 0, 0
	for round := range testkit.Rounds(t, 3, 3*time.Second) {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			dir, _ := mount(t, "-t", "tmpfs", "-o", "size=400m", "tmpfs")
			data, filler := filepath.Join(dir, "data"), filepath.Join(dir, "filler")
			w := startWriter(t, data)
			for range 3 {
				wantProgress(t, w)
				fillUp(t, filler, rand.Uint64N(30<<20)*uint64(round%3)) // each third round to the last block
				wantStop(t, w)
				if err := os.Remove(filler); err != nil {
					t.Fatal(err)
				}
				if w.over() {
					died++
					break
				}
			}
			fillUp(t, filler, 0)
			w.kill()
			if _, err := badgerstore.Open(badgerstore.Options{Dir: data}); !errors.Is(err, persistence.ErrFull) {
				t.Errorf("Open on a full file system = %v, want ErrFull", err)
			}
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			last, count := w.acknowledged(time.Now())
			total += count
			checkAll(t, data, last)
		})
	}
	t.Logf("%d acknowledged, %d processes ended", total, died)
}

// over tells whether the process has ended by itself.
func (w *writer) over() bool {
	select {
	case <-w.ended:
		return true
	default:
		return false
	}
}

// wantProgress waits for acknowledgements.
func wantProgress(t *testing.T, w *writer) {
	t.Helper()
	begin := w.count()
	for deadline := time.Now().Add(time.Minute); w.count() < begin+50 && !w.over(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is acknowledged though there is room")
		}
	}
}

// wantStop waits until nothing is acknowledged any more.
func wantStop(t *testing.T, w *writer) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		begin := w.count()
		time.Sleep(300 * time.Millisecond)
		if w.count() == begin {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("writes go on though there is no room")
		}
	}
}

// fillUp writes a file that leaves this many bytes free on a file system.
func fillUp(t *testing.T, path string, leave uint64) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	block := make([]byte, 64<<10)
	for {
		var s syscall.Statfs_t
		if err := syscall.Fstatfs(int(file.Fd()), &s); err != nil {
			t.Fatal(err)
		}
		free := s.Bavail * uint64(s.Bsize)
		if free <= leave {
			return
		}
		if _, err := file.Write(block[:min(uint64(len(block)), free-leave)]); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}
