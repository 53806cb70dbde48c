package services

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"github.com/understudy-iam/understudy/principal"
)

// AskPoint returns the request for the bucket of the access point of S3 with the ARN.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPoint.html
func AskPoint(point string) *Question {
	a, _ := principal.ParseARN(point)
	return askPoint(a, "")
}

// askPointPolicy asks for the policy of an access point.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPointPolicy.html
func askPointPolicy(a principal.ARN) *Question { return askPoint(a, "/policy") }

// askPoint asks for a property of an access point, whose path is below the access point's.
func askPoint(a principal.ARN, below string) *Question {
	q := ask("s3", a).rest(http.MethodGet, "/"+controlBucket+"/accesspoint/"+
		url.PathEscape(strings.TrimPrefix(a.Resource, "accesspoint/"))+below, "")
	q.Header = http.Header{accountHeader: {a.AccountID}}
	return q
}

// ReadPoint reads the bucket from an answer to AskPoint; empty if it names none.
func ReadPoint(answer []byte) string {
	var point struct {
		Bucket string `xml:"Bucket"`
	}
	if xml.Unmarshal(answer, &point) != nil || !isBucketName(point.Bucket) || strings.HasSuffix(point.Bucket, aliasSuffix) {
		return ""
	}
	return point.Bucket
}

func pointPolicy(answer []byte) string {
	var of struct {
		Policy string `xml:"Policy"`
	}
	if xml.Unmarshal(answer, &of) != nil {
		return ""
	}
	return of.Policy
}
