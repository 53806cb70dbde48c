package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// ownFile is the file whose first commit introduced this gate.
const ownFile = "internal/cmd/gate/commits.go"

// commits checks each new commit on its own.
type commits struct {
	base   string // commits after this one; "" means those after since
	newest int    // the largest number of commits to check
	git    func(context.Context, ...string) (string, error)
	vet    func(ctx context.Context, dir string) error // a checked-out commit
	passed passed
	out    io.Writer
}

func (c *commits) run(ctx context.Context) error {
	if why := c.missing(ctx); why != "" {
		fmt.Fprintf(c.out, "commits: %s; none is checked\n", why)
		return nil
	}
	base, err := c.since(ctx)
	if err != nil {
		return err
	}
	list, err := c.git(ctx, "rev-list", "--no-merges", fmt.Sprintf("--max-count=%d", c.newest), base+"..HEAD")
	if err != nil {
		return err
	}
	ids := strings.Fields(list)
	fmt.Fprintf(c.out, "commits: %d after %s\n", len(ids), base)
	if len(ids) == 0 {
		return nil
	}
	return c.check(ctx, ids)
}

// missing says why there is no history to check, in a few words.
func (c *commits) missing(ctx context.Context) string {
	shallow, err := c.git(ctx, "rev-parse", "--is-shallow-repository")
	switch {
	case err != nil:
		return "there is no git history here"
	case shallow == "true":
		return "the history is shallow"
	}
	return ""
}

// since returns the commit after which commits are checked: the one that introduced
// this gate, or the last tag, whichever is newer.
func (c *commits) since(ctx context.Context) (string, error) {
	if c.base != "" {
		return c.git(ctx, "rev-parse", "--verify", c.base+"^{commit}")
	}
	own, err := c.git(ctx, "log", "--diff-filter=A", "--format=%H", "--reverse", "--", ownFile)
	if err != nil {
		return "", err
	}
	own, _, _ = strings.Cut(own, "\n")
	if own == "" {
		return "", errors.New("no commit holds this gate; commit it, or say -base")
	}
	tag, err := c.git(ctx, "describe", "--tags", "--abbrev=0")
	if err != nil {
		return own, nil // there is no tag yet
	}
	if _, err := c.git(ctx, "merge-base", "--is-ancestor", own, tag); err == nil {
		return tag, nil
	}
	return own, nil
}

// check vets the commits, the oldest first, in a separate working tree, so that
// nothing here is touched.
func (c *commits) check(ctx context.Context, ids []string) (err error) {
	dir, err := os.MkdirTemp("", "understudy-commits")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	tree := filepath.Join(dir, "tree")
	if _, err := c.git(ctx, "worktree", "add", "--detach", "--no-checkout", tree, ids[0]); err != nil {
		return err
	}
	defer func() {
		_, gone := c.git(context.WithoutCancel(ctx), "worktree", "remove", "--force", tree)
		err = errors.Join(err, gone)
	}()
	for i := len(ids) - 1; i >= 0; i-- {
		if err := c.checkOne(ctx, tree, ids[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *commits) checkOne(ctx context.Context, tree, id string) error {
	if _, err := c.git(ctx, "-C", tree, "checkout", "--force", "--detach", id); err != nil {
		return err
	}
	shown, err := c.git(ctx, "show", "--no-patch", "--format=%T %h %s", id)
	if err != nil {
		return err
	}
	files, subject, _ := strings.Cut(shown, " ")
	if c.passed.has(files) {
		fmt.Fprintln(c.out, " ", subject, "(passed before)")
		return nil
	}
	fmt.Fprintln(c.out, " ", subject)
	err = c.vet(ctx, tree)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("the commit %s does not build or vet on its own; mend it with git rebase: %w", subject, err)
	}
	return c.passed.add(files)
}

// vetting holds the arguments of go that vet a commit. Since the directory is not part
// of what is built, Go's cache also serves the next commit and the next run.
var vetting = []string{"vet", "-trimpath", "-tags", "conformance", "./..."}

// vet vets the modules of a checked-out commit, and so builds them too, including
// the tests and the files with the tag conformance.
func vet(ctx context.Context, dir string) error {
	modules, err := output(ctx, dir, "git", "ls-files", "--", "go.mod", "*/go.mod")
	if err != nil {
		return err
	}
	for _, mod := range strings.Fields(modules) {
		if _, err := output(ctx, filepath.Join(dir, filepath.Dir(mod)), "go", vetting...); err != nil {
			return err
		}
	}
	return nil
}
