package cloudtrail

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// The exceptions are those that the API reference names for each fault. Nobody has shown
// their texts.

func invalidAttributeKey(key string) error {
	return &types.InvalidLookupAttributesException{ // text not confirmed
		Message: aws.String("The lookup attribute key " + key + " is not valid. Specify EventId, EventName, ReadOnly, Username, " +
			"ResourceType, ResourceName, EventSource or AccessKeyId."),
	}
}

func invalidAttributeValue(key string) error {
	return &types.InvalidLookupAttributesException{ // text not confirmed
		Message: aws.String("The value of the lookup attribute " + key + " is not valid. Specify 1 to 2000 characters, of which an " +
			"underscore, a blank, a comma and a line feed count as two."),
	}
}

func invalidTimeRange() error {
	return &types.InvalidTimeRangeException{ // text not confirmed
		Message: aws.String("The time range is not valid: the start time is after the end time. Specify a start time that is not after it."),
	}
}

func invalidMaxResults() error {
	return &types.InvalidMaxResultsException{ // text not confirmed
		Message: aws.String("The value of MaxResults is not valid. Specify a number from 1 to 50."),
	}
}

func invalidEventCategory() error {
	return &types.InvalidEventCategoryException{ // text not confirmed
		Message: aws.String("The event category is not valid. Specify insight, or leave it out for management events."),
	}
}

func invalidNextToken() error {
	return &types.InvalidNextTokenException{ // text not confirmed
		Message: aws.String("The token is not valid, or it is of a request with other parameters. Specify the token of the page before, " +
			"with the same parameters."),
	}
}

// noEventsKept is not AWS's: its event history cannot be turned off.
func noEventsKept() error {
	return &types.UnsupportedOperationException{
		Message: aws.String("The server keeps no events, so that there are none to look up; start it with --events and a number above 0."),
	}
}
