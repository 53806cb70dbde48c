package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/management"
)

// keyUse is the last use of an access key: when, in seconds, and how; zero: never.
type keyUse struct {
	at  time.Time
	how string // such as " (iam:ListUsers from 127.0.0.1 with aws-cli/2.17.1)"
}

// lastUse is the last use of a key of the person according to IAM or the events. AWS
// writes IAM's date some minutes late; the events have each call.
func (p *person) lastUse(ctx context.Context, key string) (keyUse, error) {
	out, err := p.client.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &key})
	if err != nil {
		return keyUse{}, spoken(err)
	}
	use := keyUse{}
	if last := out.AccessKeyLastUsed; last.LastUsedDate != nil {
		use = keyUse{*last.LastUsedDate, fmt.Sprintf(" (%s)", aws.ToString(last.ServiceName))}
	}
	list, err := p.manager.Events(ctx, &management.CallQuery{Principal: p.arn, Limit: management.MaxListed})
	if err != nil {
		return use, p.manager.told(err)
	}
	return laterUse(use, key, list), nil
}

// laterUse is the use, or a later one in the events, which are listed with the newest
// first.
func laterUse(use keyUse, key string, list []*events.Record) keyUse {
	for _, r := range list {
		who := &r.UserIdentity
		if who.AccessKeyID != key || who.Type == "Unknown" {
			continue
		}
		if r.EventTime.Before(use.at.Truncate(time.Second)) {
			return use
		}
		service, _, _ := strings.Cut(r.EventSource, ".")
		program, _, _ := strings.Cut(r.UserAgent, " ")
		return keyUse{r.EventTime, fmt.Sprintf(" (%s:%s from %s with %s)", service, r.EventName, r.SourceIPAddress, program)}
	}
	return use
}

// firstMade is the key of two that was made first; empty if the events, which are listed
// with the newest first, do not show it.
func firstMade(list []*events.Record, a, b string) string {
	for _, r := range list {
		var answer struct{ AccessKey struct{ AccessKeyID string } }
		if json.Unmarshal(r.ResponseElements, &answer) != nil {
			continue
		}
		switch answer.AccessKey.AccessKeyID {
		case a:
			return b
		case b:
			return a
		}
	}
	return ""
}
