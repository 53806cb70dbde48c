//go:build conformance

package conformance_test

import (
	"debug/elf"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// maxImage is the size that the images may have, in bytes.
const maxImage = 45_000_000

// command runs a command in a directory; it must succeed. It returns what the
// command printed.
func command(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// The image for arm64 is made on any machine: its binary is static and for
// arm64, Docker knows it as such, and an emulated processor runs it.
func TestImageForARM64(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	const image = "understudy:arm64"
	command(t, root, nil, "make", "-s", "image", "IMAGE_ARCH=arm64", "IMAGE="+image)
	facts := strings.Fields(command(t, root, nil, "docker", "image", "inspect", "-f",
		"{{.Architecture}} {{.Config.User}} {{.Size}}", image))
	if len(facts) != 3 || facts[0] != "arm64" || facts[1] != "65532:65532" {
		t.Errorf("the image is %v; want arm64 and a user that is not root", facts)
	}
	size, err := strconv.Atoi(facts[len(facts)-1])
	if err != nil || size > maxImage {
		t.Errorf("the image has %d bytes (%v); at most %d are wanted", size, err, maxImage)
	}
	program := filepath.Join(root, "dist", "arm64", "understudy")
	isStaticARM64(t, program)
	// The program is a server: it announces itself and ends when it is told to.
	cmd := exec.Command(tool(t, "qemu-aarch64-static"), program, "serve", "--addr", "127.0.0.1:0", "--log-level", "warn")
	cmd.Stderr = os.Stderr
	url := announceOf(t, cmd)
	got := command(t, root, nil, binary(t), "health", "--addr", strings.TrimPrefix(url, "http://"))
	if !strings.HasPrefix(got, "ok: ") {
		t.Errorf("the emulated server says %q", got)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the emulated server did not stop cleanly: %v", err)
	}
	t.Logf("container: the image for arm64 has %.1f MB, and its program runs", float64(size)/1e6)
}

func isStaticARM64(t *testing.T, program string) {
	t.Helper()
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Machine != elf.EM_AARCH64 {
		t.Errorf("the binary is for %v", f.Machine)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary is not static: it has an interpreter")
		}
	}
}

// The compose file starts the server with an application beside it; the state
// that the application left is there when both start again.
func TestCompose(t *testing.T) {
	dir, err := filepath.Abs("../docker")
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"UNDERSTUDY_PORT=" + freePort(t), "COMPOSE_PROJECT_NAME=understudy-conformance"}
	compose := []string{"docker-compose"}
	if exec.Command("docker", "compose", "version").Run() == nil {
		compose = []string{"docker", "compose"}
	}
	do := func(args ...string) string {
		return command(t, dir, env, compose[0], append(compose[1:], args...)...)
	}
	do("down", "--volumes")
	t.Cleanup(func() { do("down", "--volumes") })
	for _, want := range []string{"created arn:aws:iam::000000000000:user/app", "the user app is there already"} {
		out := do("up", "--exit-code-from", "app")
		if !strings.Contains(out, "I am arn:aws:iam::000000000000:root") || !strings.Contains(out, want) {
			t.Errorf("the application did not say %q:\n%s", want, out)
		}
		do("down")
	}
	t.Logf("container: %s ran the application twice on one volume", strings.Join(compose, " "))
}

// ports counts those that freePort has given, from a port by chance: another run of
// these tests may look for some too.
var (
	ports     atomic.Uint32
	firstPort = rand.Uint32N(10_000)
)

// freePort is a port of this machine that nobody listens on just now, and that it
// gives once. It is below those that the system gives to a server that wants any, so
// that no other test gets it while its server starts again.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.FormatUint(uint64(20_000+(firstPort+ports.Add(1))%10_000), 10)
		if ln, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			if err := ln.Close(); err != nil {
				t.Fatal(err)
			}
			return port
		}
	}
	t.Fatal("a hundred ports are taken")
	return ""
}
