package cloudtrail

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"

	"github.com/understudy-iam/understudy/events"
)

// place is where a page ended: at the event of a request.
type place struct {
	request string
	time    time.Time
}

// markOf tells queries apart: a token is good for the query that it was given for.
func markOf(q *query, in *cloudtrail.LookupEventsInput) uint64 {
	parts := []string{q.account, q.region, string(in.EventCategory), moment(in.StartTime), moment(in.EndTime)}
	if a := q.attribute; a != nil {
		parts = append(parts, string(a.AttributeKey), aws.ToString(a.AttributeValue))
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return binary.BigEndian.Uint64(sum[:])
}

// moment is a time as a string; empty if there is none.
func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// head is how many bytes of a token are before the request ID: the mark and the time.
const head = 16

// newToken is the token for what follows an event.
func newToken(last *events.Event, mark uint64) string {
	b := binary.BigEndian.AppendUint64(nil, mark)
	b = binary.BigEndian.AppendUint64(b, uint64(last.Caller.Request.Time.UnixMicro()))
	return base64.URLEncoding.EncodeToString(append(b, last.Caller.Request.ID...))
}

// readToken is where the page before ended; nil without a token.
func readToken(token *string, mark uint64) (*place, error) {
	if token == nil {
		return nil, nil
	}
	b, err := base64.URLEncoding.DecodeString(aws.ToString(token))
	if err != nil || len(b) <= head || binary.BigEndian.Uint64(b) != mark {
		return nil, invalidNextToken()
	}
	return &place{string(b[head:]), time.UnixMicro(int64(binary.BigEndian.Uint64(b[8:])))}, nil
}

// following are the events after the place. If its event is not kept any more, these are
// the older ones: what was as old has been dropped with it, or was on the page.
func (p *place) following(list []*events.Event) []*events.Event {
	if p == nil {
		return list
	}
	if i := slices.IndexFunc(list, func(e *events.Event) bool { return e.Caller.Request.ID == p.request }); i >= 0 {
		return list[i+1:]
	}
	i := slices.IndexFunc(list, func(e *events.Event) bool { return e.Caller.Request.Time.Before(p.time) })
	if i < 0 {
		return nil
	}
	return list[i:]
}
