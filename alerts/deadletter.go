package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// DeadLetter is an alert that a webhook could not deliver, as its dead-letter file
// has it, a line of JSON each.
type DeadLetter struct {
	Time     time.Time `json:"time"`     // when it was given up
	URL      string    `json:"url"`      // its scheme and host: the rest may be a secret
	Attempts int       `json:"attempts"` // 0: the queue was full, or the server stopped
	Reason   string    `json:"reason"`   // of the last attempt, if there was one
	Alert    *Alert    `json:"alert"`
}

// deadLetters keeps what a webhook gives up: in a file, or without one in the log.
type deadLetters struct {
	file   *lines // nil: there is none
	logger *slog.Logger
}

func (d *deadLetters) put(dead *DeadLetter) {
	logAlert(d.logger, "an alert was not delivered", dead.Alert, "url", dead.URL, "attempts", dead.Attempts, "reason", dead.Reason)
	if d.file == nil {
		return
	}
	body, err := json.Marshal(dead)
	if err != nil {
		d.file.lose(letter{alert: dead.Alert}, err)
		return
	}
	d.file.put(letter{dead.Alert, body})
}

// close writes what is waiting. It has a little time for that even if ctx has ended.
func (d *deadLetters) close(ctx context.Context) error {
	if d.file == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	return d.file.close(ctx)
}

// where says where the alerts are that were not delivered.
func (d *deadLetters) where() string {
	if d.file == nil {
		return "the log has them; name a file with deadLetter to keep them whole"
	}
	return fmt.Sprintf("%s has them", d.file.path)
}

// lastWords is how long a dead-letter file may take to be written at the end.
const lastWords = 2 * time.Second

// statusError is the error of an answer that does not take the alert.
type statusError struct {
	code   int
	status string
}

func (e *statusError) Error() string {
	if e.code/100 == 3 {
		return "it answered " + e.status + ", and redirects are not followed"
	}
	return "it answered " + e.status
}

// hopeless reports whether another attempt would end in the same way.
func hopeless(err error) bool {
	var elsewhere *Elsewhere
	var answer *statusError
	switch {
	case errors.As(err, &elsewhere):
		return true
	case !errors.As(err, &answer):
		return false
	}
	switch answer.code {
	case 408, 425, 429: // too slow, too early, too many
		return false
	}
	return answer.code < 500
}
