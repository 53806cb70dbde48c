// Package postform reads the forms with which browsers upload to S3: it verifies their signature,
// checks them against the policy that they contain, streams the file, and signs them again for an
// upstream. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html
//
// A server reads the fields with Read, gets the signature from Form.Signature, checks its scope,
// finds the secret, and calls Form.Verify and Form.Check. Only then does it read Form.File.
//
// It guarantees that
//   - what comes before the file is bounded, and the file streams;
//   - a file that is too large or too small for the policy never completes;
//   - Form.Attach sends on what was checked, and nothing else: the key with the name
//     of the file in it, and no field that follows the file.
//
// # Caveats
//
// A form with a signature of version 2 is refused. The messages are S3's if they were seen, by
// clients or in recordings; the others are marked.
package postform
