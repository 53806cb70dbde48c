package services

import (
	"slices"

	"github.com/understudy-iam/understudy/principal"
)

// withCertificates are the operations that add certificates to a listener.
var withCertificates = []string{"AddListenerCertificates", "CreateListener", "ModifyListener"}

// refineListeners finds the server certificates of IAM among the certificates of a
// listener, which may also be of Certificate Manager.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Certificate.html
func refineListeners(r *reader, n *Needs) error {
	if !slices.Contains(withCertificates, r.call.Operation) {
		return nil
	}
	list, err := r.list("Certificates.member[].CertificateArn")
	for _, arn := range list {
		if a, ok := principal.ParseARN(arn); ok && a.Service == "iam" {
			n.Certificates = append(n.Certificates, arn)
		}
	}
	return err
}
