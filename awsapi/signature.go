package awsapi

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/understudy-iam/understudy/awsapi/sigv4"
)

// The answers of IAM and STS to a faulty signature. The messages are exactly AWS's, trailing spaces
// included; "seen" names who recorded or quoted one.

// SignatureAnswer returns the answer to an error of package sigv4. Any other error is returned
// unchanged.
func SignatureAnswer(err error) error {
	var e *sigv4.Error
	if !errors.As(err, &e) {
		return err
	}
	if answer, ok := signatureAnswers[e.Reason]; ok {
		return answer(e)
	}
	return err
}

// signatureAnswers are the answers, by reason.
var signatureAnswers = map[error]func(*sigv4.Error) error{
	sigv4.ErrScheme:        func(*sigv4.Error) error { return missingAuthenticationToken() },
	sigv4.ErrTwoSignatures: signedTwice,
	sigv4.ErrAlgorithm:     unsupportedAlgorithm,
	sigv4.ErrPart:          notKeyValue,
	sigv4.ErrMissing:       missingParts,
	sigv4.ErrHostNotSigned: hostNotSigned,
	sigv4.ErrDate:          malformedDate,
	sigv4.ErrExpired:       signatureExpired,
	sigv4.ErrNotYetCurrent: signatureNotYetCurrent,
	sigv4.ErrCredential:    malformedCredential,
	sigv4.ErrScope:         wrongScope,
	sigv4.ErrMismatch:      func(*sigv4.Error) error { return SignatureDoesNotMatch() },
}

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

// SignatureDoesNotMatch is AWS's answer to a wrong signature, and so to a wrong
// secret. It was recorded from STS, which unlike other services does not add the
// canonical request.
func SignatureDoesNotMatch() error {
	return doesNotMatch("The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
}

// signedTwice answers a request with two signatures, between which AWS does not choose. The message
// was seen in DynamoDB and Kinesis, whose InvalidSignatureException is the query protocol's
// SignatureDoesNotMatch.
func signedTwice(*sigv4.Error) error {
	return doesNotMatch("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
}

// hostNotSigned was seen in IAM by Versity.
func hostNotSigned(*sigv4.Error) error {
	return doesNotMatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
}

// signatureExpired and signatureNotYetCurrent are quoted in many issues.
func signatureExpired(e *sigv4.Error) error {
	return doesNotMatch(fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 15 min.)",
		e.Given, e.Now.Add(-sigv4.Window).Format(sigv4.Layout), e.Now.Format(sigv4.Layout)))
}

func signatureNotYetCurrent(e *sigv4.Error) error {
	return doesNotMatch(fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 15 min.)",
		e.Given, e.Now.Add(sigv4.Window).Format(sigv4.Layout), e.Now.Format(sigv4.Layout)))
}

// wrongScope joins a sentence for each wrong part, in the order in which DynamoDB's front end was
// seen to join them. The sentences for region and service, alone and together, were recorded from
// STS with the space at their end; those for terminator and date were seen in IAM by Versity.
func wrongScope(e *sigv4.Error) error {
	var text strings.Builder
	if e.Scope.Region {
		text.WriteString("Credential should be scoped to a valid region. ")
	}
	if e.Scope.Service {
		text.WriteString("Credential should be scoped to correct service: '" + e.Service + "'. ")
	}
	if e.Scope.Terminator {
		text.WriteString("Credential should be scoped with a valid terminator: '" + sigv4.Terminator + "'.")
		if e.Scope.Date {
			text.WriteByte(' ')
		}
	}
	if e.Scope.Date {
		text.WriteString("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
	}
	return doesNotMatch(text.String())
}

// notKeyValue was seen in STS: boto/boto3 issue 2280 (2020),
// hashicorp/terraform-provider-aws issue 26202 (2022).
func notKeyValue(e *sigv4.Error) error {
	return incomplete("'" + e.Given + "' not a valid key=value pair (missing equal-sign) in Authorization header: '" + e.Header + "'.")
}

// missingParts joins a sentence for each part that is missing, and shows the
// header only as a hash. Seen in IAM by Versity in 2026; older answers, quoted
// from other services, show the header itself.
func missingParts(e *sigv4.Error) error {
	if e.Presigned {
		return missingQueryParts(e)
	}
	var text strings.Builder
	for _, name := range e.Missing {
		if name == sigv4.Date {
			text.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
		} else {
			text.WriteString("Authorization header requires '" + name + "' parameter. ")
		}
	}
	hash := sha256.Sum256([]byte(e.Header))
	text.WriteString("(Hashed with SHA-256 and encoded with Base64) Authorization=")
	text.WriteString(base64.StdEncoding.EncodeToString(hash[:]))
	return incomplete(text.String())
}

// missingQueryParts joins a sentence for each query parameter that is missing.
// Seen in IAM by Versity for one parameter, in DynamoDB for several.
func missingQueryParts(e *sigv4.Error) error {
	var text strings.Builder
	for _, name := range e.Missing {
		text.WriteString("AWS query-string parameters must include '" + name + "'. ")
	}
	text.WriteString("Re-examine the query-string parameters.")
	return incomplete(text.String())
}

// malformedCredential was seen in STS (hashicorp/vault issue 4939). AWS's message for a SigV4A
// credential, which has four parts, was never recorded.
func malformedCredential(e *sigv4.Error) error {
	if e.Asymmetric {
		// text not confirmed
		return incomplete("Credential must have exactly 4 slash-delimited elements, e.g. keyid/date/service/term, got '" + e.Given + "'")
	}
	return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + e.Given + "'")
}

// malformedDate was seen in IAM by Versity, and in DynamoDB.
func malformedDate(e *sigv4.Error) error {
	return incomplete("Date must be in ISO-8601 'basic format'. Got '" + e.Given + "'. See http://en.wikipedia.org/wiki/ISO_8601")
}

// unsupportedAlgorithm answers an unknown algorithm. The answer to a presigned request was seen in
// IAM by Versity. In 2013 DynamoDB added "(only AWS4-HMAC-SHA256 for now). " to the other answer,
// as dynalite recorded; SigV4A has been added since.
func unsupportedAlgorithm(e *sigv4.Error) error {
	if e.Presigned {
		return signatureError("MissingAuthenticationToken", "Missing Authentication Token")
	}
	return incomplete("Unsupported AWS 'algorithm': '" + e.Given + "'.") // text not confirmed
}
