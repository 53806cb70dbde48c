package cloudtrail

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/principal"
)

// FuzzReadToken reads any text as a token: it is refused as AWS does, or is the token of a
// place.
func FuzzReadToken(f *testing.F) {
	const mark = 7
	event := &events.Event{Caller: &principal.Caller{}}
	event.Caller.Request.ID, event.Caller.Request.Time = "r1", time.Unix(1_700_000_000, 0)
	f.Add(newToken(event, mark))
	f.Add(newToken(event, mark+1))
	f.Add("")
	f.Add("AAAA")
	f.Add(base64.URLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, mark)))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := readToken(&text, mark)
		if err != nil {
			if refused := new(types.InvalidNextTokenException); !errors.As(err, &refused) || p != nil {
				t.Errorf("%q: %v, %v", text, p, err)
			}
			return
		}
		last := &events.Event{Caller: &principal.Caller{}}
		last.Caller.Request.ID, last.Caller.Request.Time = p.request, p.time
		again := newToken(last, mark)
		if back, err := readToken(&again, mark); err != nil || back.request != p.request || !back.time.Equal(p.time) {
			t.Errorf("%q is of %v, whose token %q is of %v (%v)", text, p, again, back, err)
		}
		if rest := p.following([]*events.Event{event, last}); len(rest) > 1 {
			t.Errorf("%d events follow the last one", len(rest))
		}
	})
}

// BenchmarkLookupEvents looks through as many events as a server keeps by default.
func BenchmarkLookupEvents(b *testing.B) {
	log := events.New(events.Options{})
	now := time.Unix(1_700_000_000, 0)
	for i := range events.DefaultSize {
		c := &principal.Caller{Principal: principal.AWS.In("000000000000").User("AIDA1", "/", "ana")}
		c.Request = principal.Request{
			ID: fmt.Sprint(i), Service: "iam", Operation: "ListUsers", Region: "us-east-1", Time: now.Add(time.Duration(i) * time.Second),
		}
		log.Add(&events.Event{Caller: c, Status: 200})
	}
	s := New(Options{Events: log, Now: func() time.Time { return now.Add(24 * time.Hour) }})
	asking := &principal.Caller{Principal: principal.AWS.In("000000000000").RootUser()}
	asking.Request.Region = "us-east-1"
	ctx := principal.NewContext(context.Background(), asking)
	for name, in := range map[string]*cloudtrail.LookupEventsInput{
		"the first page": {},
		"none that fits": {LookupAttributes: []types.LookupAttribute{
			{AttributeKey: types.LookupAttributeKeyUsername, AttributeValue: aws.String("bob")},
		}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.LookupEvents(ctx, in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
