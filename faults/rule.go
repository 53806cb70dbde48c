package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/understudy-iam/understudy/internal/spelling"
)

// Kind is a kind of trouble.
type Kind string

// The kinds. A request that meets one of the first five is not performed.
const (
	Throttle Kind = "throttle" // 400 Throttling, "Rate exceeded"
	Error    Kind = "error"    // any error; 500 InternalFailure if none is named
	Expire   Kind = "expire"   // 403 ExpiredToken, for requests with a session token
	Hang     Kind = "hang"     // no answer until the client goes away, or for Duration
	Drop     Kind = "drop"     // the connection is closed without an answer
	Delay    Kind = "delay"    // the answer comes later by Duration
	Lag      Kind = "lag"      // the request sees the state of Duration ago
)

var kinds = []Kind{Throttle, Error, Expire, Hang, Drop, Delay, Lag}

// unknownKind says which kinds there are, and which one may be meant.
func unknownKind(k Kind) error {
	var names []string
	for _, known := range kinds {
		names = append(names, string(known))
	}
	last := len(names) - 1
	list := strings.Join(names[:last], ", ") + " and " + names[last]
	if meant := spelling.Guess(string(k), names); meant != "" {
		list += fmt.Sprintf("; did you mean %q?", meant)
	}
	return fmt.Errorf("kind %q is none of %s", k, list)
}

// Bounds of durations.
const (
	defaultHang = time.Minute
	maxHold     = 10 * time.Minute // of hang and delay
	maxLag      = 24 * time.Hour
)

// Rule says which requests get into which trouble. Kind is required; a rule with
// nothing else is for every request.
type Rule struct {
	ID   string // of letters, digits, - and _; made if it is left out
	Kind Kind

	// Operation is a pattern such as iam:Create*, sts:AssumeRole or *User; with no
	// service it is of any. "*" is any run of characters, and case counts.
	Operation string

	// Principal is a pattern of ARNs of callers, such as arn:aws:iam::*:user/ci-*;
	// for a role session it is the session's ARN, arn:aws:sts::...:assumed-role/...
	Principal string

	// AccessKey is a pattern of access key IDs, such as ASIA*.
	AccessKey string

	// Rate is the share of the requests that get into trouble, above 0 and up to 1;
	// 0 is all. Which ones it are follows from Seed: the same each time.
	Rate float64
	Seed uint64

	After int // requests that pass before the first trouble
	Count int // requests that get into trouble; 0: no limit

	// Duration is how long a delay, a hang or a lag lasts.
	Duration time.Duration

	// Code, Message and Status are those of an error.
	Code, Message string
	Status        int
}

// wire is a Rule as JSON has it.
type wire struct {
	ID        string  `json:"id,omitempty"`
	Kind      Kind    `json:"kind"`
	Operation string  `json:"operation,omitempty"`
	Principal string  `json:"principal,omitempty"`
	AccessKey string  `json:"accessKey,omitempty"`
	Rate      float64 `json:"rate,omitempty"`
	Seed      uint64  `json:"seed,omitempty"`
	After     int     `json:"after,omitempty"`
	Count     int     `json:"count,omitempty"`
	Duration  string  `json:"duration,omitempty"` // such as 250ms or 10s
	Code      string  `json:"code,omitempty"`
	Message   string  `json:"message,omitempty"`
	Status    int     `json:"status,omitempty"`
}

// MarshalJSON writes the duration as 250ms or 10s.
func (r Rule) MarshalJSON() ([]byte, error) {
	w := wire{r.ID, r.Kind, r.Operation, r.Principal, r.AccessKey, r.Rate, r.Seed, r.After, r.Count, "", r.Code, r.Message, r.Status}
	if r.Duration != 0 {
		w.Duration = r.Duration.String()
	}
	return json.Marshal(w)
}

// UnmarshalJSON refuses members that rules do not have.
func (r *Rule) UnmarshalJSON(raw []byte) error {
	var w wire
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return err
	}
	*r = Rule{w.ID, w.Kind, w.Operation, w.Principal, w.AccessKey, w.Rate, w.Seed, w.After, w.Count, 0, w.Code, w.Message, w.Status}
	if w.Duration == "" {
		return nil
	}
	var err error
	if r.Duration, err = time.ParseDuration(w.Duration); err != nil {
		return fmt.Errorf("duration %q is none; give one such as 250ms or 10s", w.Duration)
	}
	return nil
}

// Parse reads a list of rules, in YAML or JSON.
func Parse(text []byte) ([]Rule, error) {
	var list []map[string]any
	if err := yaml.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("not a list of rules: %w", err)
	}
	rules := make([]Rule, 0, len(list))
	for i, members := range list {
		raw, err := json.Marshal(members)
		var r Rule
		if err == nil {
			err = r.UnmarshalJSON(raw)
		}
		if err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// maxText bounds the strings of a rule together.
const maxText = 8192

// check refuses a rule that cannot be meant.
func (r *Rule) check(operations func() []string) error {
	size := 0
	for _, text := range []string{r.ID, r.Operation, r.Principal, r.AccessKey, r.Code, r.Message} {
		size += len(text)
	}
	switch {
	case size > maxText:
		return fmt.Errorf("the id, the patterns, the code and the message have %d bytes together, and up to %d are taken; give shorter ones", size, maxText)
	case !slices.Contains(kinds, r.Kind):
		return unknownKind(r.Kind)
	case strings.Trim(r.ID, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "":
		return fmt.Errorf("id %q has characters other than letters, digits, - and _", r.ID)
	case r.Rate < 0 || r.Rate > 1 || r.Rate != r.Rate:
		return fmt.Errorf("rate %v is not above 0 and up to 1", r.Rate)
	case r.After < 0 || r.Count < 0:
		return fmt.Errorf("after %d and count %d must not be negative", r.After, r.Count)
	}
	for _, pattern := range []string{r.Operation, r.Principal, r.AccessKey} {
		if strings.ContainsAny(pattern, `?[\`) {
			return fmt.Errorf("the pattern %q may have no sign but *, which is any run of characters", pattern)
		}
	}
	if r.Operation != "" && !slices.ContainsFunc(operations(), func(o string) bool { return fitsOperation(r.Operation, o) }) {
		return fmt.Errorf("operation %q fits none that is served; give one such as iam:CreateUser, iam:Get* or AssumeRole", r.Operation)
	}
	if err := r.checkDuration(); err != nil {
		return err
	}
	return r.checkError()
}

func (r *Rule) checkDuration() error {
	most := maxHold
	switch r.Kind {
	case Lag:
		most = maxLag
	case Hang:
		if r.Duration == 0 {
			return nil
		}
	case Delay:
	default:
		if r.Duration != 0 {
			return fmt.Errorf("a rule of kind %s has no duration; delay, hang and lag have", r.Kind)
		}
		return nil
	}
	if r.Duration <= 0 || r.Duration > most {
		return fmt.Errorf("duration %s of a rule of kind %s is not above 0 and up to %s", r.Duration, r.Kind, most)
	}
	return nil
}

func (r *Rule) checkError() error {
	switch {
	case r.Kind != Error && (r.Code != "" || r.Message != "" || r.Status != 0):
		return fmt.Errorf("a rule of kind %s has no code, message and status; error has", r.Kind)
	case r.Status != 0 && (r.Status < http.StatusBadRequest || r.Status > 599):
		return fmt.Errorf("status %d is none of an error; give one from 400 to 599", r.Status)
	}
	return nil
}

// fitsOperation reports whether an operation, such as iam:CreateUser, fits the
// pattern.
func fitsOperation(pattern, operation string) bool {
	if !strings.Contains(pattern, ":") {
		_, operation, _ = strings.Cut(operation, ":")
	}
	return fits(pattern, operation)
}

// fits reports whether s fits the pattern, in which "*" is any run of characters.
func fits(pattern, s string) bool {
	if pattern == "" {
		return true
	}
	// path.Match stops at slashes, which ARNs have.
	const slash = "\x00"
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", slash), strings.ReplaceAll(s, "/", slash))
	return err == nil && ok
}
