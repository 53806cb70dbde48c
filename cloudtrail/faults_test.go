package cloudtrail_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/iamtest"
	"github.com/understudy-iam/understudy/server"
)

// What is not valid is answered with the exception that AWS documents for it.
func TestFaults(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t)
	attribute := func(key, value string) *cloudtrail.LookupEventsInput { return by(types.LookupAttributeKey(key), value) }
	for name, c := range map[string]struct {
		in   *cloudtrail.LookupEventsInput
		want string
	}{
		"a key that is none":     {attribute("EventNames", "x"), "InvalidLookupAttributesException"},
		"an empty value":         {attribute("EventName", ""), "InvalidLookupAttributesException"},
		"a value of 2001":        {attribute("EventName", strings.Repeat("x", 2001)), "InvalidLookupAttributesException"},
		"a value of 2000":        {attribute("EventName", strings.Repeat("é", 2000)), ""},
		"1001 that count double": {attribute("EventName", strings.Repeat("_", 1001)), "InvalidLookupAttributesException"},
		"1000 that count double": {attribute("EventName", strings.Repeat(",", 1000)), ""},
		"an end before the start": {&cloudtrail.LookupEventsInput{
			StartTime: aws.Time(time.Unix(2, 0)), EndTime: aws.Time(time.Unix(1, 0)),
		}, "InvalidTimeRangeException"},
		"no results":          {&cloudtrail.LookupEventsInput{MaxResults: aws.Int32(0)}, "InvalidMaxResultsException"},
		"51 results":          {&cloudtrail.LookupEventsInput{MaxResults: aws.Int32(51)}, "InvalidMaxResultsException"},
		"50 results":          {&cloudtrail.LookupEventsInput{MaxResults: aws.Int32(50)}, ""},
		"another category":    {&cloudtrail.LookupEventsInput{EventCategory: "Data"}, "InvalidEventCategoryException"},
		"insights: none":      {&cloudtrail.LookupEventsInput{EventCategory: "insight"}, ""},
		"a token of nobody's": {&cloudtrail.LookupEventsInput{NextToken: aws.String("x")}, "InvalidNextTokenException"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := client(srv).LookupEvents(t.Context(), c.in)
			var api smithy.APIError
			switch {
			case c.want == "" && (err != nil || len(out.Events) > 0 && (c.in.EventCategory != "" || c.in.LookupAttributes != nil)):
				t.Errorf("got %v, %v", out, err)
			case c.want != "" && (!errors.As(err, &api) || api.ErrorCode() != c.want || api.ErrorMessage() == ""):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// A server that keeps no events says so.
func TestWithoutEvents(t *testing.T) {
	t.Parallel()
	srv := iamtest.Start(t, iamtest.WithServer(func(o *server.Options) { o.Events = -1 }))
	_, err := client(srv).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{})
	var unsupported *types.UnsupportedOperationException
	if !errors.As(err, &unsupported) || !strings.Contains(unsupported.ErrorMessage(), "--events") {
		t.Errorf("got %v", err)
	}
}
