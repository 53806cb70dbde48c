package services

import "github.com/understudy-iam/understudy/principal"

// refineECR handles the registry of another account.
func refineECR(r *reader, n *Needs) error {
	registry, err := r.text("registryId")
	if err != nil || !principal.ValidAccountID(registry) {
		return err
	}
	for i := range n.Needs {
		a, ok := principal.ParseARN(n.Needs[i].Resource)
		if ok && a.Service == "ecr" {
			a.AccountID = registry
			become(&n.Needs[i], a.String())
		}
	}
	return nil
}
