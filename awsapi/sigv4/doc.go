// Package sigv4 is AWS Signature Version 4: it reads the signature of a request,
// verifies it, and signs requests. It knows no protocol, service or store, and
// imports the standard library only.
//
// A server reads a request with Parse, compares its time and its scope with
// CheckTime (or CheckLife) and CheckScope, finds the secret of the access key,
// and calls Verify, or Open to verify the body while it streams. A client or a proxy
// signs with a Signer; a proxy passes an opened body on with Body.Attach.
//
// It guarantees that
//   - a signature is read from the Authorization header or from the query of a
//     presigned request, made with SigV4 or with SigV4A, and is refused if there
//     are two;
//   - of several faults the one that AWS reports is returned, as an *Error whose
//     fields hold what AWS's texts need;
//   - Verify covers the method, path, query, signed headers, payload and scope,
//     and takes the same time whichever byte of the signature is wrong;
//   - a path is signed as the service of the scope has it, in one spelling only: S3's
//     as it was sent, any other without empty and dot segments and encoded twice;
//   - Open reads a body with a declared hash, an unsigned one, and an aws-chunked one
//     in all forms that S3 has. Memory does not grow with the body, and a body that is
//     not the one that was signed never completes;
//   - a request that a Signer has signed verifies here, and is signed as AWS's
//     SDK for Go signs it.
//
// # Caveats
//
// Nothing that Parse returns is proved until Verify has returned nil. A session
// token is not always covered by the signature: whoever looks up the secret must
// compare the token too. There is no protection against replay beyond the window
// of time, as at AWS.
//
// ECDSA signatures, which SigV4A makes, are malleable: who has one valid
// signature can make another for the same request without the key. The bytes of
// a signature must not be an identity, a key of a cache, or proof that a request
// was not seen before.
//
// It signs with SigV4 only, not with SigV4A, and it signs no chunks: a body that is
// passed on is unsigned, or has one hash. It does not verify the events of an event
// stream (STREAMING-AWS4-HMAC-SHA256-EVENTS); Open refuses such a request.
package sigv4
