package cloudtrail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/understudy-iam/understudy/events"
)

// describe is a record as LookupEvents answers it. What is not known is left out.
func describe(r *events.Record) (*types.Event, error) {
	whole, err := document(r)
	if err != nil {
		return nil, err
	}
	return &types.Event{
		EventId: &r.EventID, EventName: &r.EventName, EventSource: &r.EventSource, EventTime: &r.EventTime,
		ReadOnly: aws.String(strconv.FormatBool(r.ReadOnly)), AccessKeyId: orNil(r.UserIdentity.AccessKeyID),
		Username: orNil(username(&r.UserIdentity)), Resources: resources(r), CloudTrailEvent: &whole,
	}, nil
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// username is who called: "root", the name of a user, or of a session. So they are in
// answers that people show; services of AWS and callers of other accounts have none.
func username(id *events.Identity) string {
	switch id.Type {
	case "Root":
		return "root"
	case "AssumedRole", "FederatedUser": // of the latter it is not confirmed
		_, name, _ := strings.Cut(id.PrincipalID, ":")
		return name
	}
	return id.UserName
}

// document is a record in JSON.
func document(r *events.Record) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return "", fmt.Errorf("the record of request %s has no JSON: %w", r.RequestID, err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}
