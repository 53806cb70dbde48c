package iam

// Instance profiles and service-linked roles. As in errors.go, the texts are
// AWS's unless a line says otherwise.

func noSuchInstanceProfile(name string) error {
	return noSuchEntity("Instance Profile %s cannot be found.", name)
}

func instanceProfileExists(name string) error {
	return alreadyExists("Instance Profile %s already exists.", name)
}

func noSuchRoleInInstanceProfile(role, profile string) error {
	return noSuchEntity("Role %s in Instance Profile %s cannot be found.", role, profile)
}

// mustRemoveRoles is for a role in a profile and for a profile with a role.
func mustRemoveRoles() error {
	return deleteConflict("Cannot delete entity, must remove roles from instance profile first.")
}

func noSuchServiceLinkedRole(service string) error {
	return noSuchEntity("Service %s has no service-linked role.", service) // text not confirmed
}

func noCustomSuffix(service string) error {
	return invalidInput("Custom suffix is not allowed for " + service)
}

func serviceLinkedRoleTooLong(limit int) error {
	return validation("The name of a service-linked role with its suffix can have up to %d characters.", limit) // text not confirmed
}

func serviceLinkedRoleExists(name string) error {
	return invalidInput("Service role name " + name + " has been taken in this account, please try a different suffix.")
}

func notServiceLinkedRole(name string) error {
	return noSuchEntity("%s exists but is not a service role.", name)
}

func noSuchDeletionTask() error { return noSuchEntity("Cannot find deletion status for given id.") }

func malformedDeletionTask() error { return invalidInput("Invalid task id") }
