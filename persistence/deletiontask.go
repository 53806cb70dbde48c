package persistence

import "time"

// DeletionTask is the deletion of a service-linked role. The role is deleted as soon as
// the task exists.
type DeletionTask struct {
	ID       string `cbor:"1,keyasint"` // task/aws-service-role/SERVICE/ROLE/UUID
	RoleName string `cbor:"2,keyasint"`
	Told     bool   `cbor:"3,keyasint,omitempty"` // a caller was told that it has succeeded

	Ordered time.Time `cbor:"4,keyasint,omitempty"` // the zero time in records of earlier versions
	Asked   bool      `cbor:"5,keyasint,omitempty"` // as of a CredentialReport
	Number  uint64    `cbor:"6,keyasint,omitempty"` // in the order of the tasks
}

// DeletionTasks holds the tasks, by ID.
var DeletionTasks = newQueue("deletion-task", func(t *DeletionTask) Key { return Key{t.ID} },
	func(t *DeletionTask) *uint64 { return &t.Number })

// DeletionTasksByRole finds the tasks whose end no caller was told yet, by the name of
// the role: for callers they are still running.
var DeletionTasksByRole = newIndex(DeletionTasks.Table, "role", func(t *DeletionTask) []Key {
	if t.Told {
		return nil
	}
	return []Key{{t.RoleName}}
}).withNames(0)
