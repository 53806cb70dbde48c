package pgstore

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
)

// program is in the row of the state, and says whose tables these are.
const program = "understudy"

// steps are what changes the tables of one format into those of the next, the first of them
// an empty schema. Several servers may take a step at once, and one that fails is taken
// again, so each statement does nothing the second time.
var steps = [][]string{{
	`create table if not exists understudy_pairs (key bytea primary key, value bytea not null)`,
	// what was committed last: the keys as joinKeys writes them; null: any
	`create table if not exists understudy_commits (number bigint primary key, attempt bytea not null, keys bytea)`,
	// one row, with the ID 1
	`create table if not exists understudy_state (id smallint primary key, program text not null, format integer not null,
		store bytea not null, number bigint not null)`,
}}

// state is the row of the state.
type state struct {
	program string
	format  int
	store   []byte // the random ID of the store
	number  uint64
}

const selectState = `select program, format, store, number from understudy_state where id = 1`

// into returns where the columns of the row are read into.
func (s *state) into() []any { return []any{&s.program, &s.format, &s.store, &s.number} }

// install makes the tables or upgrades them, and returns the state.
func install(ctx context.Context, conn *pgx.Conn, steps [][]string) (s state, err error) {
	if s, err = readState(ctx, conn); err != nil {
		return s, err
	}
	for s.format < len(steps) {
		for _, statement := range steps[s.format] {
			if _, err := conn.Exec(ctx, statement); err != nil && !made(err) {
				return s, err
			}
		}
		if err := reach(ctx, conn, s.format+1); err != nil {
			return s, err
		}
		if s, err = readState(ctx, conn); err != nil {
			return s, err
		}
	}
	if s.program != program {
		return s, errForeign
	}
	if s.format > len(steps) {
		return s, newer(s.format, len(steps))
	}
	return s, nil
}

// made reports whether an error means that another server was making the same table.
func made(err error) bool {
	return slices.Contains([]string{duplicateTable, duplicateObject, uniqueViolation}, code(err))
}

// readState reads the row of the state; without one the format is 0. It refuses a schema that
// has tables of others only.
func readState(ctx context.Context, conn *pgx.Conn) (s state, err error) {
	err = conn.QueryRow(ctx, selectState).Scan(s.into()...)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return s, nil
	case code(err) != undefinedTable:
		return s, err
	}
	var others int
	err = conn.QueryRow(ctx, `select count(*) from information_schema.tables
		where table_schema = current_schema() and table_name not like 'understudy\_%'`).Scan(&others)
	if err == nil && others > 0 {
		err = errForeign
	}
	return s, err
}

// reach says in the row of the state that the tables have the format.
func reach(ctx context.Context, conn *pgx.Conn, format int) error {
	if format > 1 {
		_, err := conn.Exec(ctx, `update understudy_state set format = $1 where id = 1 and format = $1 - 1`, format)
		return err
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	_, err := conn.Exec(ctx, `insert into understudy_state (id, program, format, store, number) values (1, $1, 1, $2, 1)
		on conflict (id) do nothing`, program, id)
	return err
}
