package audit

import (
	"cmp"
	"slices"
)

// hygiene are the checks of credentials, trusts and policies, in the order of their IDs.
func hygiene() []Check {
	list := slices.Concat(rootChecks(), passwordChecks(), credentialChecks(), sharedChecks(), groupChecks(), accountChecks(),
		policyChecks(), effectChecks(), delegationChecks(),
		wildcardChecks(), trustChecks(), providerChecks(), useChecks(), lintChecks())
	slices.SortFunc(list, func(a, b Check) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
