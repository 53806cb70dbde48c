package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// history stands in for git: it knows the answers to some commands, and all others
// fail.
type history struct {
	answers map[string]string
	asked   []string
}

func (h *history) git(_ context.Context, args ...string) (string, error) {
	command := strings.Join(args, " ")
	h.asked = append(h.asked, command)
	for prefix, answer := range h.answers {
		if strings.HasPrefix(command, prefix) {
			return answer, nil
		}
	}
	return "", errors.New("git fails: " + command)
}

// full returns a repository to which the commit "own" added the gate.
func full(more map[string]string) *history {
	h := &history{answers: map[string]string{
		"rev-parse --is-shallow": "false", "log ": "own\nlater", "show ": "files abc subject",
		"worktree ": "", "-C ": "",
	}}
	for command, answer := range more {
		h.answers[command] = answer
	}
	return h
}

func TestCommits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		git   *history
		given string
		want  string // the range
	}{
		"no tag":                   {full(map[string]string{"rev-list": ""}), "", "own..HEAD"},
		"a tag after the gate":     {full(map[string]string{"rev-list": "", "describe": "v1", "merge-base": ""}), "", "v1..HEAD"},
		"a tag before the gate":    {full(map[string]string{"rev-list": "", "describe": "v1"}), "", "own..HEAD"},
		"a base that is asked for": {full(map[string]string{"rev-list": "", "rev-parse --verify main": "base"}), "main", "base..HEAD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			gate := commits{base: c.given, newest: 15, git: c.git.git, out: &out}
			if err := gate.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			last := c.git.asked[len(c.git.asked)-1]
			if want := "rev-list --no-merges --max-count=15 " + c.want; last != want {
				t.Errorf("the last question is %q, want %q", last, want)
			}
		})
	}
}

func TestCommitsWithoutHistory(t *testing.T) {
	t.Parallel()
	for want, git := range map[string]*history{
		"commits: there is no git history here; none is checked\n": {},
		"commits: the history is shallow; none is checked\n":       {answers: map[string]string{"rev-parse --is-shallow": "true"}},
	} {
		var out bytes.Buffer
		gate := commits{git: git.git, out: &out}
		if err := gate.run(t.Context()); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("output (-want +got):\n%s", diff)
		}
	}
}

func TestCommitsWithoutBase(t *testing.T) {
	t.Parallel()
	unborn := full(map[string]string{"log ": ""})
	gate := commits{git: unborn.git, out: new(bytes.Buffer)}
	if err := gate.run(t.Context()); err == nil {
		t.Error("a history without the gate is taken")
	}
	gate = commits{base: "nowhere", git: full(nil).git, out: new(bytes.Buffer)}
	if err := gate.run(t.Context()); err == nil {
		t.Error("a base that does not exist is taken")
	}
}

// The oldest commit is checked first, the first failure ends the check, and the
// working tree is always removed.
func TestCommitsOneByOne(t *testing.T) {
	t.Parallel()
	git := full(map[string]string{"rev-list": "c3\nc2\nc1"})
	broken := errors.New("does not build")
	vetted := 0
	gate := commits{git: git.git, out: new(bytes.Buffer), vet: func(context.Context, string) error {
		if vetted++; vetted == 2 {
			return broken
		}
		return nil
	}}
	if err := gate.run(t.Context()); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	var checkedOut []string
	for _, command := range git.asked {
		if _, id, ok := strings.Cut(command, "checkout --force --detach "); ok {
			checkedOut = append(checkedOut, id)
		}
	}
	if diff := cmp.Diff([]string{"c1", "c2"}, checkedOut); diff != "" {
		t.Errorf("checked out (-want +got):\n%s", diff)
	}
	if last := git.asked[len(git.asked)-1]; !strings.HasPrefix(last, "worktree remove --force ") {
		t.Errorf("the last command is %q", last)
	}
}

// The same files are not checked again after they have passed, even in another commit.
// Those of a commit that failed are.
func TestCommitsOnce(t *testing.T) {
	t.Parallel()
	known := passed(filepath.Join(t.TempDir(), "gate"))
	var out bytes.Buffer
	vetted := 0
	gate := commits{git: full(map[string]string{"rev-list": "c2\nc1"}).git, passed: known, out: &out,
		vet: func(context.Context, string) error {
			vetted++
			return nil
		}}
	broken := gate
	broken.vet = func(context.Context, string) error { return errors.New("does not build") }
	if err := broken.run(t.Context()); err == nil || known.has("files") {
		t.Errorf("a commit that fails is remembered: %v", err)
	}
	out.Reset()
	for range 2 {
		if err := gate.run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(out.String(), "subject (passed before)\n"); vetted != 1 || n != 3 {
		t.Errorf("%d commits were vetted, %d passed before; want 1 and 3:\n%s", vetted, n, &out)
	}
}
