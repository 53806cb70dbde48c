package server

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/evaluator"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// observe logs and records a call before its answer is sent.
func (s *Server) observe(x awsapi.Exchange) {
	if e := s.eventOf(&x); e != nil {
		s.record(e)
	}
}

// eventOf logs a call and makes its event; nil if none are kept.
func (s *Server) eventOf(x *awsapi.Exchange) *events.Event {
	logExchange(s.options.Logger, x)
	if unmirrors(x) {
		s.forgetEntities()
	}
	if s.events == nil {
		return nil
	}
	hideSwapped(x)
	e := &events.Event{
		Caller: x.Caller, Input: x.Input, Sent: x.Sent, Status: x.Status, Code: x.Code, Message: withoutValues(x.Message),
		Duration: x.Duration,
	}
	e.Exception = exception(x.Err)
	if x.Err == nil && events.ShowsOutput(x.Service, x.Operation) {
		e.Output, e.Answered = x.Output, x.Answered
	}
	if place, ok := documentFault(x.Err); ok {
		e.Document = &events.DocumentFault{Line: place.At.Line, Column: place.At.Column, Member: place.Member, Sentence: place.Sentence,
			Nearest: place.Nearest}
	}
	explainRefusal(e, x, s.authorizer.Mode())
	return e
}

// exception is the name of the SDK's type of an error; empty if it has none.
func exception(err error) string {
	if err == nil {
		return ""
	}
	if t := reflect.TypeOf(err); t.Kind() == reflect.Pointer && strings.HasSuffix(t.Elem().Name(), "Exception") {
		return t.Elem().Name()
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range several.Unwrap() {
			if name := exception(e); name != "" {
				return name
			}
		}
	}
	return exception(errors.Unwrap(err))
}

// record keeps the event of a call, if they are kept.
func (s *Server) record(e *events.Event) {
	e.Mode = s.authorizer.Mode()
	if s.events != nil {
		s.events.Add(e)
	}
}

// letPass logs a denial that the enforcement mode log lets pass.
func (s *Server) letPass(c *principal.Caller, denial error) {
	message := denial.Error()
	var known interface{ ErrorMessage() string }
	if errors.As(denial, &known) {
		message = known.ErrorMessage()
	}
	s.options.Logger.Warn("would be denied, and passes: enforcement is log", "denial", message,
		"service", c.Request.Service, "operation", c.Request.Operation, "principal", c.ARN, "request_id", c.Request.ID)
}

// ended is the event of an action that no client called and that ended with the error.
func ended(origin events.Origin, c *principal.Caller, begun time.Time, err error) *events.Event {
	e := &events.Event{Caller: c, Origin: origin, Duration: time.Since(begun)}
	var known interface {
		ErrorCode() string
		ErrorMessage() string
	}
	if errors.As(err, &known) {
		e.Code, e.Message = known.ErrorCode(), known.ErrorMessage()
	}
	return e
}

// logExchange logs a line for each request, without parameters: they may be secrets.
func logExchange(l *slog.Logger, x *awsapi.Exchange) {
	level := slog.LevelInfo
	if x.OwnFault {
		level = slog.LevelError
	}
	ctx := context.Background()
	if !l.Enabled(ctx, level) {
		return
	}
	args := []any{
		"service", x.Service, "operation", x.Operation, "principal", x.Caller.ARN,
		"status", x.Status, "code", x.Code, "duration", x.Duration, "request_id", x.Caller.Request.ID,
	}
	if len(x.Caller.Request.Faults) > 0 {
		args = append(args, "faults", x.Caller.Request.Faults)
	}
	l.Log(ctx, level, "request", args...)
	if place, ok := documentFault(x.Err); ok {
		l.Debug("policy document", "request_id", x.Caller.Request.ID, "fault", place.String())
	}
}

// documentFault is the place of the fault in the policy document that an error is about.
func documentFault(err error) (evaluator.Place, bool) {
	if err == nil { // as of most calls, for which nothing is allocated
		return evaluator.Place{}, false
	}
	var malformed *evaluator.MalformedError
	if !errors.As(err, &malformed) {
		return evaluator.Place{}, false
	}
	return evaluator.Locate(malformed.Source, err)
}
