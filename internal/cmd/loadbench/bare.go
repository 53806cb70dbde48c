package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// bare makes, with the driver alone, the transactions that a server makes for a call: as
// many, with the same statements in the same round trips. Those that write come one after the
// other, as within a server.
type bare struct {
	url     string
	load    load
	writing sync.Mutex
	made    atomic.Int64
}

// call is what a call of the warm server asks of the database.
type call struct {
	views  int // that read the number of the state and nothing else
	scan   bool
	update bool
}

const (
	beginView   = "begin transaction isolation level serializable read only"
	beginUpdate = "begin transaction isolation level serializable"
	readState   = "select program, format, store, number from understudy_state where id = 1"
	readPair    = "select value from understudy_pairs where key = $1"
	readPage    = "select key, value from understudy_pairs where key >= $1 and key < $3 order by key limit $2"
)

// run measures how many calls all connections make.
func (b *bare) run(c call) (rate float64, err error) {
	counts, errs := make([]int, b.load.connections), make([]error, b.load.connections)
	begin := time.Now()
	var wait sync.WaitGroup
	for i := range b.load.connections {
		wait.Go(func() { counts[i], errs[i] = b.client(c, begin.Add(b.load.duration)) })
	}
	wait.Wait()
	total := 0
	for i := range counts {
		if errs[i] != nil {
			return 0, errs[i]
		}
		total += counts[i]
	}
	return float64(total) / time.Since(begin).Seconds(), nil
}

func (b *bare) client(c call, until time.Time) (made int, err error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	for ; time.Now().Before(until); made++ {
		for i := range c.views {
			if err := b.view(ctx, conn, c.scan && i == 0); err != nil {
				return made, err
			}
		}
		if c.update {
			if err := b.update(ctx, conn); err != nil {
				return made, err
			}
		}
	}
	return made, nil
}

// begin begins a transaction and returns the number of the state.
func begin(ctx context.Context, conn *pgx.Conn, statement string) (number int64, err error) {
	var program string
	var format int
	var id []byte
	batch := &pgx.Batch{}
	batch.Queue(statement)
	batch.Queue(readState).QueryRow(func(row pgx.Row) error { return row.Scan(&program, &format, &id, &number) })
	err = conn.SendBatch(ctx, batch).Close()
	return number, err
}

func (b *bare) view(ctx context.Context, conn *pgx.Conn, scan bool) error {
	if _, err := begin(ctx, conn, beginView); err != nil {
		return err
	}
	if scan {
		from := []byte("000000000000\x00user\x00user-0000500\x00")
		rows, err := conn.Query(ctx, readPage, from, 128, []byte("000000000000\x00user\x01"))
		if err != nil {
			return err
		}
		var key, value []byte
		if _, err := pgx.ForEachRow(rows, []any{&key, &value}, func() error { return nil }); err != nil {
			return err
		}
	}
	_, err := conn.Exec(ctx, "rollback")
	return err
}

// update is that of CreateUser: the name is free, the users are counted, and three pairs are
// written.
func (b *bare) update(ctx context.Context, conn *pgx.Conn) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	number, err := begin(ctx, conn, beginUpdate)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("bare-%07d", b.made.Add(1))
	user, count := []byte("000000000000\x00user\x00"+name+"\x00"), []byte("000000000000\x00#\x00user")
	var value []byte
	for _, key := range [][]byte{user, count} {
		if err := conn.QueryRow(ctx, readPair, key).Scan(&value); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
	}
	keys := [][]byte{count, user, []byte("000000000000\x00user/id\x00AIDA" + name + "\x00" + name + "\x00")}
	values := [][]byte{[]byte("1000"), make([]byte, 120), {}}
	var joined []byte // each after its length, as the servers read them
	for _, key := range keys {
		joined = append(append(joined, byte(len(key))), key...)
	}
	batch := &pgx.Batch{}
	batch.Queue("update understudy_state set number = $1 where id = 1", number+1)
	batch.Queue("insert into understudy_commits (number, attempt, keys) values ($1, $2, $3)",
		number+1, make([]byte, 16), joined)
	batch.Queue(`insert into understudy_pairs (key, value) select * from unnest($1::bytea[], $2::bytea[])
		on conflict (key) do update set value = excluded.value`, keys, values)
	batch.Queue("commit")
	return conn.SendBatch(ctx, batch).Close()
}
