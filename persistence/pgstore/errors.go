package pgstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/understudy-iam/understudy/persistence"
)

// Codes of PostgreSQL's errors.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	serializationFailure = "40001"
	deadlock             = "40P01"
	outcomeUnknown       = "40003"
	uniqueViolation      = "23505"
	undefinedTable       = "42P01"
	duplicateTable       = "42P07"
	duplicateObject      = "42710"
	forbidden            = "42501"
	noSchema             = "3F000"
	noDatabase           = "3D000"
	tooManyConnections   = "53300"
	notSupported         = "0A000"
)

// code returns the code of an error of the database, or "".
func code(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// conflicting reports whether a transaction was given up because of another one.
// A number that is there already is of a commit that this transaction did not see.
func conflicting(err error) bool {
	switch code(err) {
	case serializationFailure, deadlock, uniqueViolation:
		return true
	}
	return errors.Is(err, errAgain)
}

// away reports whether an error means that the database does not answer, or not now: that
// the connection is lost, that the time is over, that it stops or starts.
func away(err error) bool {
	if c := code(err); c != "" {
		return c == tooManyConnections || c == outcomeUnknown || strings.HasPrefix(c, "57P") || strings.HasPrefix(c, "08")
	}
	var network net.Error
	var failed *pgconn.ConnectError
	if errors.As(err, &network) || errors.As(err, &failed) {
		return true
	}
	for _, lost := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, pgconn.ErrConnClosed, context.DeadlineExceeded} {
		if errors.Is(err, lost) {
			return true
		}
	}
	return false
}

// said is an error in one sentence, which unwraps to those of package persistence.
type said struct {
	sentence string
	logged   bool
	causes   []error
}

func (s *said) Error() string   { return s.sentence }
func (s *said) Unwrap() []error { return s.causes }

// Logged reports whether the log already has the cause.
func (s *said) Logged() bool { return s.logged }

func say(sentence string, causes ...error) error { return &said{sentence: sentence, causes: causes} }

var (
	errURL = errors.New("this is not a URL of a PostgreSQL database; give one such as postgres://USER@HOST:5432/NAME")

	errForeign = fmt.Errorf("%w, and none of Understudy; name an empty database, or a schema of its own with ?search_path=SCHEMA",
		persistence.ErrForeign)

	errReplaced = say("the tables were replaced while the server was running; start it again", persistence.ErrDamaged)
)

func newer(found, known int) error {
	return say(fmt.Sprintf("the tables have format %d, and this version of Understudy reads up to %d; use a newer version, or another database",
		found, known), persistence.ErrNewerFormat)
}

// reason says in some words why the database does not answer, without anything of the URL.
func reason(err error) string {
	var pg *pgconn.PgError
	var sys syscall.Errno
	var dns *net.DNSError
	switch {
	case errors.As(err, &pg):
		return pg.Message
	case errors.As(err, &dns):
		return "its host has no address"
	case errors.As(err, &sys):
		return sys.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "it does not answer in time"
	case strings.Contains(err.Error(), "tls") || strings.Contains(err.Error(), "certificate"):
		return "its certificate is not accepted"
	}
	return "the connection was lost"
}

// cannotOpen says why a database cannot be opened, and what to do.
func cannotOpen(where string, err error) error {
	sentence := func(what, advice string) error {
		return say(fmt.Sprintf("database %s %s; %s", where, what, advice), err)
	}
	var own *said
	switch c := code(err); {
	case errors.Is(err, persistence.ErrForeign), errors.As(err, &own):
		return fmt.Errorf("database %s: %w", where, err)
	case strings.HasPrefix(c, "28"):
		return sentence("does not accept the user or the password ("+reason(err)+")", "correct the URL")
	case c == noDatabase:
		return sentence("does not exist", "create it, or correct the URL")
	case c == noSchema:
		return sentence("has no schema of the search_path", "create it, or correct the URL")
	case c == forbidden:
		return sentence("does not let the user make tables ("+reason(err)+")", "grant it CREATE on the schema")
	case c == notSupported:
		return sentence("cannot be used ("+reason(err)+")", "name a server that can write and has serializable transactions")
	case c != "" && !away(err):
		return sentence("cannot be used ("+reason(err)+")", "correct that, or name another database")
	}
	return &said{sentence: fmt.Sprintf("database %s does not answer (%s); start it, or correct the URL", where, reason(err)),
		causes: []error{persistence.ErrAway, err}}
}
