package awsapi

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// The errors of signatures. Their texts are AWS's, kept exactly, trailing
// blanks included; "seen" names who recorded or quoted one.

func signatureError(code, message string) error {
	return &smithy.GenericAPIError{Code: code, Message: message, Fault: smithy.FaultClient}
}

func doesNotMatch(message string) error { return signatureError("SignatureDoesNotMatch", message) }
func incomplete(message string) error   { return signatureError("IncompleteSignature", message) }

// missingAuthenticationToken is the answer to an unsigned request. Seen in
// cert-manager/aws-privateca-issuer issue 40.
func missingAuthenticationToken() error {
	return signatureError("MissingAuthenticationToken", "Request is missing Authentication Token")
}

// unknownQueryAlgorithm is the answer to a presigned request with an algorithm
// that is none of ours. Seen in IAM by Versity.
func unknownQueryAlgorithm() error {
	return signatureError("MissingAuthenticationToken", "Missing Authentication Token")
}

// signatureDoesNotMatch was recorded from STS, which unlike other services
// does not add the canonical request.
func signatureDoesNotMatch() error {
	return doesNotMatch("The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
}

// signedTwice: AWS does not choose between two signatures. Text seen in
// DynamoDB and Kinesis, whose InvalidSignatureException is the query
// protocol's SignatureDoesNotMatch.
func signedTwice() error {
	return doesNotMatch("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
}

// hostNotSigned was seen in IAM by Versity.
func hostNotSigned() error {
	return doesNotMatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
}

// signatureExpired and signatureNotYetCurrent are quoted in many issues.
func signatureExpired(timestamp string, now time.Time) error {
	return doesNotMatch(fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 15 min.)",
		timestamp, now.Add(-clockWindow).Format(basicFormat), now.Format(basicFormat)))
}

func signatureNotYetCurrent(timestamp string, now time.Time) error {
	return doesNotMatch(fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 15 min.)",
		timestamp, now.Add(clockWindow).Format(basicFormat), now.Format(basicFormat)))
}

// scopeFault says what is wrong with a credential scope.
type scopeFault struct{ region, service, terminator, date bool }

// err joins a sentence for each fault, in the order in which DynamoDB's front
// end was seen to join them. Region and service, alone and together, were
// recorded from STS with the blank at their end; terminator and date were seen
// in IAM by Versity.
func (f scopeFault) err(service string) error {
	if f == (scopeFault{}) {
		return nil
	}
	var text strings.Builder
	if f.region {
		text.WriteString("Credential should be scoped to a valid region. ")
	}
	if f.service {
		text.WriteString("Credential should be scoped to correct service: '" + service + "'. ")
	}
	if f.terminator {
		text.WriteString("Credential should be scoped with a valid terminator: '" + terminator + "'.")
		if f.date {
			text.WriteByte(' ')
		}
	}
	if f.date {
		text.WriteString("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
	}
	return doesNotMatch(text.String())
}

// notKeyValue was seen in STS: boto/boto3 issue 2280 (2020),
// hashicorp/terraform-provider-aws issue 26202 (2022).
func notKeyValue(part, header string) error {
	return incomplete("'" + part + "' not a valid key=value pair (missing equal-sign) in Authorization header: '" + header + "'.")
}

// missing is a part that an Authorization header needs, and whether it lacks
// it; the empty name is the date, which has a header of its own.
type missing struct {
	name string
	is   bool
}

// missingParts joins a sentence for each part that is missing, and shows the
// header only as a hash. Seen in IAM by Versity in 2026; older answers, quoted
// from other services, show the header itself.
func missingParts(header string, parts ...missing) error {
	var text strings.Builder
	for _, p := range parts {
		switch {
		case !p.is:
		case p.name == "":
			text.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
		default:
			text.WriteString("Authorization header requires '" + p.name + "' parameter. ")
		}
	}
	hash := sha256.Sum256([]byte(header))
	text.WriteString("(Hashed with SHA-256 and encoded with Base64) Authorization=")
	text.WriteString(base64.StdEncoding.EncodeToString(hash[:]))
	return incomplete(text.String())
}

// missingQueryParts joins a sentence for each query parameter that is missing.
// Seen in IAM by Versity for one parameter, in DynamoDB for several.
func missingQueryParts(names []string) error {
	var text strings.Builder
	for _, name := range names {
		text.WriteString("AWS query-string parameters must include '" + name + "'. ")
	}
	text.WriteString("Re-examine the query-string parameters.")
	return incomplete(text.String())
}

// malformedCredential was seen in STS (hashicorp/vault issue 4939). What AWS
// says of a SigV4A credential, which has four parts, nobody has recorded.
func malformedCredential(algorithm, credential string) error {
	if algorithm == algorithmV4A {
		// text not confirmed
		return incomplete("Credential must have exactly 4 slash-delimited elements, e.g. keyid/date/service/term, got '" + credential + "'")
	}
	return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + credential + "'")
}

// malformedDate was seen in IAM by Versity, and in DynamoDB.
func malformedDate(date string) error {
	return incomplete("Date must be in ISO-8601 'basic format'. Got '" + date + "'. See http://en.wikipedia.org/wiki/ISO_8601")
}

// unsupportedAlgorithm: in 2013 DynamoDB added "(only AWS4-HMAC-SHA256 for
// now). " to this, as dynalite recorded; there has been SigV4A since.
// text not confirmed
func unsupportedAlgorithm(algorithm string) error {
	return incomplete("Unsupported AWS 'algorithm': '" + algorithm + "'.")
}
