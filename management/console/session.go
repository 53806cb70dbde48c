package console

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Limits of sessions.
const (
	maxSessions = 500
	sessionLife = 12 * time.Hour // without a request
)

// cookie is the name of the cookie that has the ID of a session.
const cookie = "understudy-console"

// Identity is who a browser acts as.
type Identity struct {
	ARN      string
	Account  string
	Settings string // what the session has of its own, such as "session policy, 2 tags"; empty: nothing

	credentials aws.Credentials
}

// Name is the last part of the ARN, such as user/ana, role/deploy/session or root.
func (i *Identity) Name() string { return resourceOf(i.ARN) }

// IsRoot reports whether it is the root user of an account.
func (i *Identity) IsRoot() bool { return i.Name() == "root" }

// session is what is known of one browser.
type session struct {
	mutex   sync.Mutex
	id      string
	used    time.Time
	signed  bool // its user has shown the root credentials
	me      *Identity
	notices []string // each says what a change has done; they are shown on the next page, once
}

func (s *session) signedIn() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.signed
}

// identity is who the browser acts as.
func (s *session) identity() *Identity {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.me
}

// become makes the browser act as somebody else.
func (s *session) become(who *Identity) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.me = who
}

// leave keeps a notice for the next page.
func (s *session) leave(notice string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.notices = append(s.notices[:min(len(s.notices), 4)], notice)
}

// take returns the notices and forgets them.
func (s *session) take() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	taken := s.notices
	s.notices = nil
	return taken
}

// sessions are those of all browsers.
type sessions struct {
	mutex sync.Mutex
	byID  map[string]*session
	now   func() time.Time
}

func (s *sessions) init(now func() time.Time) { s.byID, s.now = map[string]*session{}, now }

// of returns the session of a request; nil if it has none.
func (s *sessions) of(r *http.Request) *session {
	sent, err := r.Cookie(cookie)
	if err != nil {
		return nil
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	found := s.byID[sent.Value]
	if found == nil {
		return nil
	}
	if s.now().Sub(found.used) > sessionLife {
		delete(s.byID, sent.Value)
		return nil
	}
	found.used = s.now()
	return found
}

// begin makes a session. Where there are too many the one that was not used for the
// longest time ends.
func (s *sessions) begin(w http.ResponseWriter, r *http.Request, who *Identity) *session {
	made := &session{id: rand.Text(), me: who}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	made.used = s.now()
	for len(s.byID) >= maxSessions {
		delete(s.byID, s.oldest())
	}
	s.byID[made.id] = made
	http.SetCookie(w, &http.Cookie{
		Name: cookie, Value: made.id, Path: Path, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
	return made
}

func (s *sessions) oldest() (id string) {
	var at time.Time
	for name, each := range s.byID {
		if id == "" || each.used.Before(at) {
			id, at = name, each.used
		}
	}
	return id
}

// end forgets a session.
func (s *sessions) end(w http.ResponseWriter, gone *session) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.byID, gone.id)
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: Path, MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// rootIdentity is the root user of the server's account.
func (q *request) rootIdentity() *Identity {
	return &Identity{
		ARN: q.Partition.In(q.Account).Root(), Account: q.Account,
		credentials: aws.Credentials{AccessKeyID: q.RootAccessKeyID, SecretAccessKey: q.RootSecretAccessKey},
	}
}
