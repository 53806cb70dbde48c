package console

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/understudy-iam/understudy/management/client"
)

// self is the URL by which the pages call the server. No connection is made.
const self = "http://localhost"

// region is that of the calls.
const region = "us-east-1"

// userAgent is what decisions and events show of the calls of pages.
const userAgent = "understudy-console"

// config is for AWS's clients, which call as who the browser acts as.
func (q *request) config() aws.Config {
	own, who := self, q.session.identity()
	return aws.Config{
		Region: region, BaseEndpoint: &own, HTTPClient: &http.Client{Transport: q.transport()},
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return who.credentials, nil
		}),
	}
}

// transport calls the server in this process, from the browser's address.
func (q *request) transport() http.RoundTripper {
	from := q.r.RemoteAddr
	return client.Within(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = from
		r.Header.Set("User-Agent", userAgent) // the SDK does not sign it
		q.Server.ServeHTTP(w, r)
	}))
}

// iam calls IAM as who the browser acts as.
func (q *request) iam() *iam.Client {
	if q.caller == nil {
		q.caller = iam.NewFromConfig(q.config())
	}
	return q.caller
}

// analyzer calls Access Analyzer as who the browser acts as.
func (q *request) analyzer() *accessanalyzer.Client {
	return accessanalyzer.NewFromConfig(q.config())
}
