package persistence

import "time"

// Access is the last attempt of a user, a role or a root user to call an action.
type Access struct {
	EntityID string    `cbor:"1,keyasint"` // AIDA..., AROA..., or the account ID of root
	Service  string    `cbor:"2,keyasint"` // iam or sts
	Action   string    `cbor:"3,keyasint"` // without the service
	Time     time.Time `cbor:"4,keyasint"`
	Region   string    `cbor:"5,keyasint,omitempty"`
}

// Accesses holds the last attempts, by entity ID, service and action. There is one record
// for any number of calls.
var Accesses = newTable("access", func(a *Access) Key { return Key{a.EntityID, a.Service, a.Action} })

// RemoveAccesses forgets what an entity did; it is called when the entity is deleted.
func RemoveAccesses(tx Tx, account, entityID string) error {
	for a, err := range Accesses.Scan(tx, account, Key{entityID}, nil) {
		if err != nil {
			return err
		}
		if err := Accesses.Delete(tx, account, a.EntityID, a.Service, a.Action); err != nil {
			return err
		}
	}
	return nil
}
