package audit

// hygiene are the checks of credentials, trusts and policies, in the order of their IDs.
func hygiene() []Check { return nil }
