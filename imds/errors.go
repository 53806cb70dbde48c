package imds

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrNoProfile is returned when an instance profile or role does not exist.
var ErrNoProfile = errors.New("imds: there is no such role")

// ErrUntrusted is returned when the trust policy of a role does not admit the
// service that wants a session of it.
var ErrUntrusted = errors.New("imds: the role does not trust the service")

// page answers with an error as EC2's endpoint does (quoted in many reports).
func page(w http.ResponseWriter, status int) {
	title := fmt.Sprintf("%d - %s", status, http.StatusText(status))
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
	"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>%[1]s</title>
 </head>
 <body>
  <h1>%[1]s</h1>
 </body>
</html>
`, title)
}

// untrusted returns EC2's message about a role that it may not assume (quoted in 2020
// and, with this address, in 2024).
func untrusted(role string) string {
	return "EC2 cannot assume the role " + role + ".  Please see documentation at " +
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc."
}

// noRole returns the info document's message about a profile without a role. AWS
// documents its beginning.
func noRole() string {
	return "Instance Profile does not contain a role.  Please see documentation at " +
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc." // text not confirmed
}
