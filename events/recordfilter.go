package events

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// RecordsFor returns the Records of the event that every filter admits.
func (e *Event) RecordsFor(filters ...*Filter) []*Record {
	for _, f := range filters {
		if !f.admitsCall(e) {
			return nil
		}
	}
	return slices.DeleteFunc(e.Records(), func(r *Record) bool {
		return slices.ContainsFunc(filters, func(f *Filter) bool { return !f.admitsFacts(r) })
	})
}

// AdmitsRecord reports whether the filter admits a Record whose event is not known, such
// as one of a file. A Record does not say what was decided, so Verdict and Decided do not
// count; as Action only the operation itself is known.
func (f *Filter) AdmitsRecord(r *Record) bool {
	whole := *f
	whole.Since = f.Since.Truncate(time.Second) // as the times of Records are
	return whole.admitsTime(r.EventTime) && f.admitsPrincipal(r.UserIdentity.ARN, r.UserIdentity.name()) &&
		globFold(cmp.Or(f.Action, "*"), r.Service()+":"+r.EventName) && f.admitsFacts(r)
}

// asksRecords reports whether the filter asks for what only Records have.
func (f *Filter) asksRecords() bool {
	return f.Account != "" || f.EventName != "" || f.Source != "" || f.Error != "" || f.ReadOnly != nil
}

// admitsFacts looks at that.
func (f *Filter) admitsFacts(r *Record) bool {
	return (f.Account == "" || f.Account == r.RecipientAccountID) && f.admitsKind(r)
}

// admitsKind looks at what an outline has.
func (f *Filter) admitsKind(r *Record) bool {
	return globFold(cmp.Or(f.EventName, "*"), r.EventName) &&
		(f.Source == "" || strings.EqualFold(f.Source, r.EventSource) || strings.EqualFold(f.Source, r.Service())) &&
		(f.Error == "" || r.ErrorCode != "" && f.admitsError(r.ErrorCode)) &&
		(f.ReadOnly == nil || *f.ReadOnly == r.ReadOnly)
}

// outline is what the Records of an event have in common and is found quickly: most events
// that a filter does not admit need no Record made.
func (e *Event) outline() *Record {
	r := &Record{EventSource: e.source(), EventName: e.name(), ReadOnly: e.ReadOnly()}
	r.ErrorCode, r.ErrorMessage = e.failure()
	return r
}

// admitsError takes a code as clients see it too, which the records of some services end
// with "Exception".
func (f *Filter) admitsError(code string) bool {
	return globFold(f.Error, code) || globFold(f.Error, strings.TrimSuffix(code, "Exception"))
}

// globFold is glob, and ignores case.
func globFold(pattern, s string) bool { return glob(strings.ToLower(pattern), strings.ToLower(s)) }

// Service is the service that was called, as actions of policies mostly begin: EventSource
// without its domain.
func (r *Record) Service() string {
	service, _, _ := strings.Cut(r.EventSource, ".")
	return service
}

// name is the name of the user or role, as that of Filter.Principal.
func (i *Identity) name() string {
	if c := i.SessionContext; c != nil && c.SessionIssuer != nil {
		return c.SessionIssuer.UserName
	}
	return i.UserName
}
