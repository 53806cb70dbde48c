package policytest

import (
	"errors"
	"regexp"
	"strings"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/internal/spelling"
	"github.com/understudy-iam/understudy/persistence"
	"github.com/understudy-iam/understudy/principal"
)

// find finds who is meant: one user, role or root user, or all that fit a pattern.
func (w *world) find(tx persistence.Tx, written text) ([]person, error) {
	if found, known := w.found[written.value]; known {
		return found, nil
	}
	var found []person
	var err error
	if strings.ContainsAny(written.value, "*?") {
		found, err = w.fitting(tx, written)
	} else {
		var one person
		one, err = w.one(tx, written)
		found = []person{one}
	}
	if err != nil {
		return nil, err
	}
	w.found[written.value] = found
	return found, nil
}

// one finds who is meant by an ARN or a name.
func (w *world) one(tx persistence.Tx, written text) (person, error) {
	arn, err := w.authorizer.Named(tx, w.account, written.value)
	p := person{name: written.value, label: written.value}
	if err == nil {
		p.arn = arn
		p.caller, err = w.authorizer.Caller(tx, arn)
	}
	switch {
	case errors.Is(err, authz.ErrAmbiguous):
		return p, written.at.fault("%q is unclear: %v; write user/%s or role/%s", written.value, err, written.value, written.value)
	case errors.Is(err, persistence.ErrNotFound):
		return p, w.nobody(tx, written)
	case err != nil:
		return p, err
	}
	h, err := authz.HolderOf(tx, &principal.Caller{Principal: p.caller})
	if err == nil && h != nil {
		p.kind, p.account, p.arn = h.Kind, h.Account, h.ARN(w.partition())
	}
	return p, err
}

// fitting are the users and roles that fit a pattern: of the name, of user/NAME or
// role/NAME, or of the ARN.
func (w *world) fitting(tx persistence.Tx, written text) (found []person, err error) {
	pattern := regexp.QuoteMeta(written.value)
	pattern = strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(pattern)
	fits, err := regexp.Compile("(?is)^" + pattern + "$")
	if err != nil {
		return nil, written.at.fault("principal %q is not a pattern: %v", written.value, err)
	}
	for _, p := range w.people {
		if isARN(written.value) && !fits.MatchString(p.arn) {
			continue
		}
		ours := p.account == w.account && !isARN(written.value)
		if !isARN(written.value) && !(ours && (fits.MatchString(p.name) || fits.MatchString(p.kind+"/"+p.name))) {
			continue
		}
		p.label = p.arn
		if ours {
			p.label = p.kind + "/" + p.name
		}
		if p.caller, err = w.authorizer.Caller(tx, p.arn); err != nil {
			return nil, err
		}
		found = append(found, p)
	}
	if len(found) == 0 {
		return nil, written.at.fault("no user and no role fits the pattern %q; names are those of account %s, and an ARN is of any account",
			written.value, w.account)
	}
	return found, nil
}

// nobody is the fault of a name that nobody has.
func (w *world) nobody(tx persistence.Tx, written text) error {
	if strings.HasPrefix(written.value, "group/") || strings.Contains(written.value, ":group/") {
		return written.at.fault("%s is a group, and groups make no calls; name a user who is in it", written.value)
	}
	if where, here := w.partition().Elsewhere(written.value); where != "" {
		return written.at.fault("there is no principal %q: %s; give %s", written.value, where, here)
	}
	if near := w.near(written.value); near != "" {
		return written.at.fault("there is no principal %q; did you mean %s?", written.value, near)
	}
	return written.at.fault("there is no principal %q in account %s; give the name of a user or role, user/NAME, role/NAME, root, or an ARN",
		written.value, w.account)
}

// near is who may be meant, in the form that was written, or the ARN of one of the name in
// another account.
func (w *world) near(written string) string {
	_, name, qualified := strings.Cut(written, "/")
	if !qualified {
		name = written
	}
	for _, p := range w.people {
		if p.account != w.account && strings.EqualFold(p.name, name) && !isARN(written) {
			return p.arn
		}
	}
	var known []string
	for _, p := range w.people {
		switch {
		case isARN(written):
			known = append(known, p.arn)
		case p.account != w.account:
		case qualified:
			known = append(known, p.kind+"/"+p.name)
		default:
			known = append(known, p.name)
		}
	}
	if isARN(written) {
		return spelling.Nearest(written, func(yield func(string) bool) {
			for _, arn := range known {
				if !yield(arn) {
					return
				}
			}
		}, max(len(principal.Name(written))/3, 1))
	}
	return spelling.Guess(written, known)
}

// isARN reports whether a string is meant as an ARN, or as a pattern of ARNs.
func isARN(s string) bool { return strings.HasPrefix(s, "arn:") }
