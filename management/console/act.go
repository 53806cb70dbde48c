package console

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/understudy-iam/understudy/management"
	"github.com/understudy-iam/understudy/principal"
)

// showSignIn answers a browser on another machine that has not signed in.
func (q *request) showSignIn() error {
	q.session = nil
	return q.show(http.StatusUnauthorized, "signin", "Sign in", nil)
}

// signIn begins a session for whoever has the root credentials.
func (q *request) signIn() error {
	id, secret := q.r.PostForm.Get("accessKeyId"), q.r.PostForm.Get("secretAccessKey")
	right := subtle.ConstantTimeCompare([]byte(id), []byte(q.RootAccessKeyID)) &
		subtle.ConstantTimeCompare([]byte(secret), []byte(q.RootSecretAccessKey))
	if right != 1 {
		q.problem = &Problem{Sentence: "These are not the server's root credentials; they are what it was started with " +
			"(--root-access-key-id and --root-secret-access-key)."}
		return q.showSignIn()
	}
	if q.session != nil {
		q.sessions.end(q.w, q.session)
	}
	q.session = q.sessions.begin(q.w, q.r, q.rootIdentity())
	q.session.signed = true // nobody else has it yet
	http.Redirect(q.w, q.r, Path, http.StatusSeeOther)
	return nil
}

// signOut ends the session.
func (q *request) signOut() error {
	q.sessions.end(q.w, q.session)
	http.Redirect(q.w, q.r, Path, http.StatusSeeOther)
	return nil
}

// showAct shows the form to act as somebody else.
func (q *request) showAct() error { return q.show(http.StatusOK, "act", "Act as", nil) }

// act makes the browser act as the principal of the form.
func (q *request) act() error {
	who, err := q.identityOf()
	if err != nil {
		return q.again(err, (*request).showAct)
	}
	q.session.become(who)
	back := strings.TrimPrefix(q.value("back"), Path)
	if strings.HasPrefix(back, "/") || strings.Contains(back, ":") || strings.Contains(back, "\\") {
		back = "" // only pages of the console are returned to
	}
	sentence := "You act as " + who.Name() + " of account " + who.Account + " now."
	return q.done(back, sentence)
}

// identityOf gets credentials for the principal of the form.
func (q *request) identityOf() (*Identity, error) {
	wanted := q.value("principal")
	if wanted == "" || wanted == "root" {
		return q.rootIdentity(), nil
	}
	tags, err := tagsOf(q.value("tags"))
	if err != nil {
		return nil, err
	}
	ask := &management.CredentialsRequest{
		Principal: wanted, SessionName: q.value("sessionName"), SessionPolicy: q.value("sessionPolicy"), Tags: tags,
		SourceIdentity: q.value("sourceIdentity"), MFA: q.value("mfa") != "",
	}
	if principal.ValidAccountID(wanted) {
		ask.Principal = q.Partition.In(wanted).Root()
	}
	issued, err := q.client.IssueCredentials(q.ctx(), ask)
	if err != nil {
		return nil, err
	}
	arn, _ := principal.ParseARN(issued.ARN) // the server has made it
	return &Identity{
		ARN: issued.ARN, Account: arn.AccountID, Settings: settingsOf(ask),
		credentials: aws.Credentials{
			AccessKeyID: issued.AccessKeyID, SecretAccessKey: issued.SecretAccessKey, SessionToken: issued.SessionToken,
		},
	}, nil
}

// settingsOf names what a session has of its own.
func settingsOf(ask *management.CredentialsRequest) string {
	var parts []string
	if ask.MFA {
		parts = append(parts, "MFA")
	}
	if ask.SessionPolicy != "" {
		parts = append(parts, "session policy")
	}
	if len(ask.Tags) > 0 {
		parts = append(parts, plural(len(ask.Tags), "tag", "tags"))
	}
	if ask.SourceIdentity != "" {
		parts = append(parts, "source identity "+ask.SourceIdentity)
	}
	return strings.Join(parts, ", ")
}

// tagsOf reads tags, one to a line, as key=value.
func tagsOf(text string) (map[string]string, error) {
	tags := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || key == "" {
			return nil, inputError(fmt.Sprintf("The tag %q is not written as key=value.", line))
		}
		tags[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return tags, nil
}
