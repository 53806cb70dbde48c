package cloudtrail

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

const (
	// history is how long AWS keeps events for LookupEvents.
	history = 90 * 24 * time.Hour

	maxResults = 50 // on a page, and the default

	insight types.EventCategory = types.EventCategoryInsight
)

// LookupEvents finds events, the newest first.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
//
// It finds the management events of the caller's account in the region of the request, of
// the last 90 days: those of IAM are in one region of the partition, us-east-1 in aws, and
// those of STS in the region of the endpoint that was called. Times are compared in
// seconds, as events have them. There are no Insights events to be found.
func (s *Service) LookupEvents(ctx context.Context, in *cloudtrail.LookupEventsInput) (*cloudtrail.LookupEventsOutput, error) {
	if s.events == nil {
		return nil, noEventsKept()
	}
	q, err := s.newQuery(ctx, in)
	if err != nil {
		return nil, err
	}
	if in.EventCategory == insight {
		return &cloudtrail.LookupEventsOutput{Events: []types.Event{}}, nil
	}
	return s.page(ctx, q)
}

// query is what is looked for.
type query struct {
	account, region string
	attribute       *types.LookupAttribute // nil: any event
	start, end      time.Time              // the zero time for end is no end
	size            int                    // of a page
	mark            uint64                 // of the query, which its tokens have
	after           *place                 // the last event of the page before; nil for the first page
}

// newQuery reads the input.
func (s *Service) newQuery(ctx context.Context, in *cloudtrail.LookupEventsInput) (*query, error) {
	if err := checkAttributes(in.LookupAttributes); err != nil {
		return nil, err
	}
	if in.EventCategory != "" && in.EventCategory != insight {
		return nil, invalidEventCategory()
	}
	if in.StartTime != nil && in.EndTime != nil && in.StartTime.After(*in.EndTime) {
		return nil, invalidTimeRange()
	}
	size := int(aws.ToInt32(cmp.Or(in.MaxResults, aws.Int32(maxResults))))
	if size < 1 || size > maxResults {
		return nil, invalidMaxResults()
	}
	caller := principal.FromContext(ctx)
	q := &query{
		account: caller.AccountID, region: caller.Request.Region, attribute: counting(in.LookupAttributes), size: size,
		start: s.now().Add(-history), end: aws.ToTime(in.EndTime),
	}
	if start := aws.ToTime(in.StartTime).Truncate(time.Second); start.After(q.start) {
		q.start = start
	}
	q.mark = markOf(q, in)
	var err error
	q.after, err = readToken(in.NextToken, q.mark)
	return q, err
}

// page finds the events of a page.
func (s *Service) page(ctx context.Context, q *query) (*cloudtrail.LookupEventsOutput, error) {
	out := &cloudtrail.LookupEventsOutput{Events: []types.Event{}}
	var last *events.Event
	for _, e := range q.after.following(s.candidates(q)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r := q.find(e)
		if r == nil {
			continue
		}
		if len(out.Events) == q.size {
			out.NextToken = aws.String(newToken(last, q.mark))
			return out, nil
		}
		found, err := describe(r)
		if err != nil {
			return nil, err
		}
		out.Events, last = append(out.Events, *found), e
	}
	return out, nil
}

// candidates are the events of the time that is asked for, the newest first. Calls end in
// another order than they begin in, which is that of their times.
func (s *Service) candidates(q *query) []*events.Event {
	list := s.events.List(0, &events.Filter{Since: q.start})
	list = slices.DeleteFunc(list, func(e *events.Event) bool {
		return !q.end.IsZero() && second(e).After(q.end)
	})
	slices.SortStableFunc(list, func(a, b *events.Event) int { return b.Caller.Request.Time.Compare(a.Caller.Request.Time) })
	return list
}

// second is the time that the record of an event has.
func second(e *events.Event) time.Time { return e.Caller.Request.Time.Truncate(time.Second) }

// find is the record of an event that is looked for; nil if there is none. At most one of
// an event's records is of the caller's account.
func (q *query) find(e *events.Event) *events.Record {
	for _, r := range e.Records() {
		if r.RecipientAccountID == q.account && r.AWSRegion == q.region && r.EventCategory == events.ManagementCategory {
			if q.attribute == nil || has(r, q.attribute) {
				return r
			}
		}
	}
	return nil
}
