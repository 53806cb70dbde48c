package offboard

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// Session are temporary credentials that events show: those of the user, or of a role
// that the user has assumed, directly or through other sessions.
type Session struct {
	Operation      string    `json:"operation"` // that issued them, such as AssumeRole
	ARN            string    `json:"arn"`       // of the session; of GetSessionToken the user's
	Role           string    `json:"role,omitempty"`
	ID             string    `json:"id"` // aws:userid: of a role's session ROLEID:NAME
	SourceIdentity string    `json:"sourceIdentity,omitempty"`
	AccessKeyID    string    `json:"accessKeyId"`
	By             string    `json:"by"`      // the access key ID of the credentials that asked for them
	Issued         time.Time `json:"issued"`  // in seconds
	Expires        time.Time `json:"expires"` // in seconds
	Places         []Place   `json:"places"`  // where events show that they were used

	// Shared are others who have open sessions with the same ID, or the same source
	// identity, so that a policy cannot tell the sessions apart.
	Shared []string `json:"shared,omitempty"`
}

// dateLayout is how CloudTrail writes dates of answers.
const dateLayout = "Jan 2, 2006 3:04:05 PM"

// issued is what the answer of an operation that issues credentials has.
type issued struct {
	Credentials struct {
		AccessKeyID string
		Expiration  string
	}
	AssumedRoleUser struct {
		AssumedRoleID string
		ARN           string
	}
	FederatedUser struct {
		FederatedUserID string
		ARN             string
	}
	SourceIdentity string
}

// sessionOf is the session that a call has issued; false: it has issued none.
func sessionOf(r *events.Record) (Session, bool) {
	var out issued
	if r.EventSource != "sts.amazonaws.com" || r.ErrorCode != "" || json.Unmarshal(r.ResponseElements, &out) != nil ||
		out.Credentials.AccessKeyID == "" {
		return Session{}, false
	}
	s := Session{Operation: r.EventName, AccessKeyID: out.Credentials.AccessKeyID, By: r.UserIdentity.AccessKeyID, Issued: r.EventTime,
		ARN: r.UserIdentity.ARN, ID: r.UserIdentity.PrincipalID, SourceIdentity: out.SourceIdentity}
	s.Expires, _ = time.Parse(dateLayout, out.Credentials.Expiration) // zero, as of none: it is taken for open below
	switch {
	case out.AssumedRoleUser.ARN != "":
		s.ARN, s.ID = out.AssumedRoleUser.ARN, out.AssumedRoleUser.AssumedRoleID
		s.Role = assumedRole(r)
	case out.FederatedUser.ARN != "":
		s.ARN, s.ID = out.FederatedUser.ARN, out.FederatedUser.FederatedUserID
	}
	return s, true
}

// assumedRole is the ARN of the role that a call assumes.
func assumedRole(r *events.Record) string {
	var in struct{ RoleARN string }
	_ = json.Unmarshal(r.RequestParameters, &in) // none: the resources may name it
	if in.RoleARN != "" {
		return in.RoleARN
	}
	for _, resource := range r.Resources {
		if resource.Type == "AWS::IAM::Role" {
			return resource.ARN
		}
	}
	return ""
}

// tracer follows credentials through events, from the oldest to the newest.
type tracer struct {
	state   *State
	own     map[string]bool // access key IDs of the user's credentials that events or IAM show
	issued  []Session       // the user's, the oldest first
	expired int

	used    map[string]map[spot]*Place // by access key ID
	callers map[spot]map[string]bool   // who else has called from there
	others  map[string]map[string]bool // who else has an open session: by the ID, or "=" and the source identity
}

func newTracer(s *State) *tracer {
	t := &tracer{state: s, own: map[string]bool{}, used: map[string]map[spot]*Place{}, callers: map[spot]map[string]bool{},
		others: map[string]map[string]bool{}}
	for _, k := range s.Keys {
		t.own[k.ID] = true
	}
	seen := map[string]bool{}
	for _, r := range slices.Backward(s.Events) {
		if r.UserIdentity.Type == "Unknown" || seen[r.RequestID] { // a call is recorded in each account that it is about
			continue
		}
		seen[r.RequestID] = r.RequestID != ""
		t.see(r)
	}
	return t
}

// see takes one call into account.
func (t *tracer) see(r *events.Record) {
	mine := t.isOwn(&r.UserIdentity)
	t.place(r, mine)
	s, ok := sessionOf(r)
	switch {
	case !ok:
	case mine:
		t.own[s.AccessKeyID] = true
		t.issued = append(t.issued, s)
	case s.Expires.After(t.state.Now):
		add(t.others, s.ID, who(&r.UserIdentity))
		if s.SourceIdentity != "" {
			add(t.others, "="+s.SourceIdentity, who(&r.UserIdentity))
		}
	}
}

// isOwn reports whether a call was made with credentials of the user.
func (t *tracer) isOwn(id *events.Identity) bool {
	if t.own[id.AccessKeyID] || id.PrincipalID == *t.state.User.UserId {
		return true
	}
	return id.SessionContext != nil && id.SessionContext.SessionIssuer != nil &&
		id.SessionContext.SessionIssuer.PrincipalID == *t.state.User.UserId
}

// who is what people call a caller: the ARN, or what there is instead.
func who(id *events.Identity) string {
	return cmp.Or(id.ARN, id.PrincipalID, id.InvokedBy, id.AccountID, id.Type)
}

// open are the sessions that have not expired, the newest first.
func (t *tracer) open() []Session {
	list := []Session{}
	for _, s := range slices.Backward(t.issued) {
		if !s.Expires.IsZero() && !s.Expires.After(t.state.Now) {
			t.expired++
			continue
		}
		s.Places = t.places(s.AccessKeyID)
		if s.Role != "" {
			s.Shared = t.shared(&s)
		}
		list = append(list, s)
	}
	return list
}

// shared are others whose sessions the policy would deny that denies this one.
func (t *tracer) shared(s *Session) []string {
	key := s.ID
	if s.SourceIdentity != "" {
		key = "=" + s.SourceIdentity
	}
	return some(t.others[key])
}

// LeftRole is a role that may have sessions of the user that no policy can limit to the
// user.
type LeftRole struct {
	Role string `json:"role"`
	Why  string `json:"why"`
}

// left are the roles of which sessions may be open that events do not show, and those
// whose sessions are not the user's alone. A role is in it once.
func (s *State) left(t *tracer, open []Session) []LeftRole {
	list := []LeftRole{}
	for role, sessions := range byRole(open) {
		for i := range sessions {
			if len(sessions[i].Shared) > 0 {
				list = append(list, LeftRole{role, "the session " + nameOf(&sessions[i]) + " cannot be told from those of " +
					strings.Join(sessions[i].Shared, ", ")})
				break
			}
		}
		if len(sessions) > mostNamed && !slices.ContainsFunc(list, func(l LeftRole) bool { return l.Role == role }) {
			list = append(list, LeftRole{role, "it has more open sessions of the user than a policy can name"})
		}
	}
	for _, r := range s.Assumable {
		if slices.ContainsFunc(list, func(l LeftRole) bool { return l.Role == r.ARN }) {
			continue
		}
		if s.EventsSince.IsZero() || s.EventsSince.After(s.Now.Add(-r.MaxSession)) {
			list = append(list, LeftRole{r.ARN, "the user may assume it, and sessions last up to " + hours(r.MaxSession) +
				", longer than events reach back"})
		}
	}
	slices.SortFunc(list, func(a, b LeftRole) int { return cmp.Compare(a.Role, b.Role) })
	return list
}

// byRole are the sessions of each role, by its ARN.
func byRole(open []Session) map[string][]Session {
	roles := map[string][]Session{}
	for _, s := range open {
		if s.Role != "" {
			roles[s.Role] = append(roles[s.Role], s)
		}
	}
	return roles
}

func nameOf(s *Session) string { return principal.Name(s.ARN) }

// hours are a duration as people write it, such as 1h or 1h30m.
func hours(d time.Duration) string {
	text := strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		return short + "h"
	}
	return text
}
