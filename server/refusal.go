package server

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/awsapi"
	"github.com/understudy-iam/understudy/awsapi/sigv4"
	"github.com/understudy-iam/understudy/events"
	"github.com/understudy-iam/understudy/gateway/services"
)

// refusal says for people why a request was refused before it was decided; nil if it
// was not.
func refusal(x *awsapi.Exchange) *events.Refusal {
	if x.Refusal == nil {
		return nil
	}
	r := &events.Refusal{
		Stage: stages[x.Refusal.Stage], Compared: []events.Compared{}, Check: []string{},
		CanonicalRequest: x.Refusal.CanonicalRequest, StringToSign: x.Refusal.StringToSign,
	}
	switch {
	case x.Refusal.Stage == awsapi.AtService:
		aboutService(r, x)
	case x.Refusal.Fault != nil:
		aboutSignature(r, x.Refusal)
	case x.Refusal.Stage == awsapi.AtSignature && x.Refusal.Signature == nil:
		aboutNoSignature(r, x)
	case x.Refusal.Stage == awsapi.AtSignature:
		aboutCredentials(r, x)
	case x.Refusal.Stage == awsapi.AtOperation:
		aboutOperation(r, x)
	default:
		aboutParameters(r, x)
	}
	return r
}

var stages = map[awsapi.Stage]string{
	awsapi.AtSignature: "signature", awsapi.AtOperation: "operation", awsapi.AtParameters: "parameters", awsapi.AtService: "service",
}

func compared(r *events.Refusal, what, want, got string) {
	r.Compared = append(r.Compared, events.Compared{What: what, Want: want, Got: got})
}

func check(r *events.Refusal, format string, args ...any) {
	r.Check = append(r.Check, fmt.Sprintf(format, args...))
}

// aboutSignature explains a fault of the signature.
func aboutSignature(r *events.Refusal, x *awsapi.Refusal) {
	f := x.Fault
	switch f.Reason {
	case sigv4.ErrMismatch:
		aboutMismatch(r, x)
	case sigv4.ErrExpired, sigv4.ErrNotYetCurrent:
		aboutTime(r, x)
	case sigv4.ErrScope:
		aboutScope(r, x)
	case sigv4.ErrMissing:
		r.Sentence = "The signature lacks parts that it must have."
		compared(r, "parts that are missing", "none", strings.Join(f.Missing, ", "))
		check(r, "Let an SDK or the AWS CLI sign the request, or add the parts.")
	case sigv4.ErrHostNotSigned:
		r.Sentence = "The header Host is not among the signed headers."
		compared(r, "SignedHeaders", "a list with host", f.Given)
		check(r, "Sign the header Host too.")
	case sigv4.ErrScheme:
		r.Sentence = "The header Authorization is of another scheme than AWS Signature Version 4, so that the request counts as unsigned."
		compared(r, "scheme of Authorization", "AWS4-HMAC-SHA256", "another one")
		check(r, "See whether a proxy or an HTTP client adds an Authorization header of its own, such as Basic or Bearer.")
	case sigv4.ErrCredential: // which a secret access key with a slash makes, in place of the ID
		r.Sentence = "A part of the signature cannot be read: " + f.Reason.Error() + "."
		compared(r, "Credential", "keyid/date/region/service/aws4_request", strconv.Itoa(strings.Count(f.Given, "/")+1)+" parts")
		check(r, "Let an SDK or the AWS CLI sign the request, and see that the access key ID and the secret access key were not swapped.")
	case sigv4.ErrTwoSignatures:
		r.Sentence = "The request has a signature in its query and another one in its header Authorization."
		compared(r, "signatures", "one", "two")
		check(r, "Send a presigned URL without the header Authorization.")
	default:
		r.Sentence = "A part of the signature cannot be read: " + f.Reason.Error() + "."
		compared(r, "the part", "its form in AWS's documentation", f.Given)
		check(r, "Let an SDK or the AWS CLI sign the request.")
	}
}

func aboutMismatch(r *events.Refusal, x *awsapi.Refusal) {
	r.Sentence = "The signature is not the one that the secret of this access key gives for the request as it arrived."
	compared(r, "the signature of access key "+x.Signature.AccessKeyID,
		"that of the canonical request below, made with the secret of the key", "another one")
	if len(x.Absent) > 0 {
		compared(r, "the headers that are signed", strings.Join(x.Absent, ", ")+" too", "a request without them")
		check(r, "Something between the client and the server takes headers away that were signed; without them nothing can match.")
		return
	}
	check(r,
		"The secret may be another one, which is the usual cause: the AWS variables and profiles of this shell may mix two keys (aws configure list).")
	check(r,
		"If it is the right one, compare the canonical request with the one that your client logs (aws --debug; in SDKs the logging of signing): the first line that differs is the cause.")
	check(r, "Headers and the host have to arrive as they were signed: a proxy may have changed them.")
	switch {
	case !x.Diagnosed:
		check(r, "Start the server with --debug-signatures to have it try which single change would have matched.")
	case x.Change == "":
		r.Change = "none: no single change that the server tries (another secret, path, query, host, header, body) makes the signature match"
	default:
		r.Change = x.Change
	}
}

func aboutTime(r *events.Refusal, x *awsapi.Refusal) {
	f := x.Fault
	r.Sentence = "The request was signed at a time too far from the server's."
	now := f.Now.UTC()
	want := now.Add(-sigv4.Window).Format(sigv4.Layout) + " to " + now.Add(sigv4.Window).Format(sigv4.Layout)
	got := f.Given
	if signed := x.Signature.Time(); !signed.IsZero() {
		got += ", which is " + away(signed.Sub(now))
	}
	compared(r, "the time at which the request was signed", want, got)
	check(r, "Set the clock of the machine on which the client runs, or of the server's: the AWS CLI and SDKs sign by theirs.")
	check(r, "A presigned URL is good for 15 minutes at IAM and STS, whatever it asks for: make a new one.")
	check(r, "The clock that understudy clock moves does not count for signatures.")
}

// away says how far a time is from now.
func away(d time.Duration) string {
	d = d.Round(time.Second)
	if d < 0 {
		return (-d).String() + " ago"
	}
	return d.String() + " in the future"
}

func aboutScope(r *events.Refusal, x *awsapi.Refusal) {
	s, f := x.Signature, x.Fault
	r.Sentence = "The credential scope of the signature is not that of this service."
	if f.Scope.Service {
		compared(r, "service of the credential scope", f.Service, s.Service)
		check(r, "Sign for the service whose operation is called: the client may be one of another service, with this server's address.")
	}
	if f.Scope.Region {
		compared(r, "region of the credential scope", "a region of AWS, such as us-east-1", s.Region)
		check(r, "Set AWS_REGION to a region of AWS, such as us-east-1.")
	}
	if f.Scope.Terminator {
		compared(r, "end of the credential scope", sigv4.Terminator, "another one")
	}
	if f.Scope.Date {
		compared(r, "date of the credential scope", "the day of X-Amz-Date", s.Date)
		check(r, "Make the date and the time of one clock reading: around midnight they may be of two days.")
	}
}

// aboutNoSignature explains a request without a signature.
func aboutNoSignature(r *events.Refusal, x *awsapi.Exchange) {
	r.Sentence = "The request has no signature, and this operation needs one."
	compared(r, "signature", "a header Authorization, or X-Amz-Signature in the query", "neither")
	check(r, "See whether the client has credentials: eval \"$(understudy env)\" sets the server's default ones.")
	check(r, "Leave out --no-sign-request and anonymous credentials.")
	check(r, "See whether a proxy or a redirect drops the header Authorization.")
}

// aboutCredentials explains a key that is not valid.
func aboutCredentials(r *events.Refusal, x *awsapi.Exchange) {
	r.Stage = "key"
	s := x.Refusal.Signature
	key := "access key ID " + s.AccessKeyID
	token := "no session token"
	if s.SessionToken != "" {
		token = "a session token"
	}
	switch {
	case isSecret(s.AccessKeyID):
		r.Sentence = "What stands in place of the access key ID looks like a secret access key: the two were swapped."
		compared(r, "access key ID", "the ID of an active key, such as AKIA and 16 more", "40 characters with small letters")
		check(r, "Swap AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and make a new key if others can see what was sent.")
	case strings.HasPrefix(s.AccessKeyID, "ASIA") && s.SessionToken == "":
		r.Sentence = "The key is a temporary one (ASIA...), and the request has no session token."
		compared(r, key, "a session token that was issued with it", token)
		check(r, "Set AWS_SESSION_TOKEN beside the key and the secret.")
	case x.Code == "ExpiredToken" || x.Code == "ExpiredTokenException":
		r.Sentence = "The session token has expired by the server's clock."
		compared(r, key, "a session token that is still good", "one that has expired")
		check(r, "Get new credentials. understudy clock shows the server's time, which may have been moved.")
	case s.SessionToken != "":
		r.Sentence = "The key and the session token are not credentials that this server has issued and that are still good."
		compared(r, key, "the session token that was issued with it", token+" that is not")
		check(r, "A long-term key (AKIA..., or test) has no session token: unset AWS_SESSION_TOKEN.")
		check(r, "Tokens of another server, or of this one before a start without --data-dir, are unknown: get new credentials.")
		check(r, "The user or role behind them may have been deleted.")
	default:
		r.Sentence = "No active access key of this server has this ID."
		compared(r, key, "the ID of an active key, or the server's default key", "neither")
		check(r, "See which key the client uses: aws configure list; AWS_PROFILE and AWS_ACCESS_KEY_ID go before the default profile.")
		check(r, "The key may be inactive or deleted, or its user may be: aws iam list-access-keys shows a user's keys.")
		check(r, "Without --data-dir a start of the server forgets all keys that were made: make the key again, or give it in a seed.")
	}
}

// aboutService explains a call to a service that is not served.
func aboutService(r *events.Refusal, x *awsapi.Exchange) {
	r.Sentence = "It is a call of a service that this server does not serve."
	compared(r, "the service for which the request is signed", "iam or sts", x.Service)
	check(r, "Start the server with --upstream URL, the address of an emulator of %s, to have its calls decided and sent on.", x.Service)
	check(r,
		"Or set AWS_ENDPOINT_URL_IAM and AWS_ENDPOINT_URL_STS to this server instead of AWS_ENDPOINT_URL, so that other services keep their own endpoints.")
	check(r, "Or give the client of %s the address of an emulator of it, in its own variable AWS_ENDPOINT_URL_%s.", x.Service,
		strings.ToUpper(strings.ReplaceAll(x.Service, "-", "_")))
}

func aboutOperation(r *events.Refusal, x *awsapi.Exchange) {
	if !services.AnsweredHere(x.Service) {
		aboutUnknown(r, x)
		return
	}
	r.Sentence = "The service has no such operation in this version, or the server does not serve it."
	compared(r, "Action and Version", "an operation of "+x.Service+" in its version", strings.TrimSpace(x.Operation))
	check(r, "See the parameters Action and Version: that of IAM is 2010-05-08, that of STS 2011-06-15.")
}

// aboutUnknown explains a call that the tables of the gateway do not have.
func aboutUnknown(r *events.Refusal, x *awsapi.Exchange) {
	r.Sentence = "The gateway does not know this operation of " + x.Service + ", so that no policy can decide it."
	compared(r, "operation", "one that understudy gateway coverage knows", strings.TrimSpace(x.Operation))
	check(r, "Start the server with --gateway=lenient to have it decided by its name, on every resource.")
	check(r, "Or see whether the client calls what it should: the right service, path and version of the API.")
}

// echoed finds the values of parameters that a message of AWS's repeats: they may be
// tokens or passwords, which no record holds. And it finds a credential with a wrong number of
// slashes, which a secret access key in place of the ID makes.
var echoed = regexp.MustCompile(`(?s)(Value) '.*?'( at ')|(, got) '.*'`)

// withoutValues is the message of a refusal as records have it.
func withoutValues(message string) string {
	if message == "" { // as of most calls, for which nothing is allocated
		return ""
	}
	return echoed.ReplaceAllString(message, "$1$2$3")
}

func aboutParameters(r *events.Refusal, x *awsapi.Exchange) {
	r.Sentence = "The parameters are not what the operation takes; no policy was asked."
	compared(r, "parameters of "+x.Service+":"+x.Operation, "what AWS says that the operation takes", withoutValues(x.Message))
	check(r, "Change the parameters that the message names. Policies are asked only about a call that can be read.")
}
