package main

import (
	"fmt"
	"time"
)

// turns is how often server and empty handler are measured, one after the other.
const turns = 7

// measured runs the load on the server and, with one of its requests, on an empty
// handler, in turns, so that other load on the machine affects both. It prints the
// row: the medians of the turns.
func (b *bench) measured(name, addr string, request func(int) []byte, share float64) (result, error) {
	empty, err := startEmpty(request(0))
	if err != nil {
		return result{}, err
	}
	defer empty.stop() //nolint:errcheck // the process is being killed
	return b.beside(row{name, share}, addr, empty.addr, request)
}

// row is a printed line: what is measured, and the share to reach.
type row struct {
	name  string
	share float64
}

// beside runs the load on a server and on a yardstick, in turns, and prints the row.
func (b *bench) beside(r row, addr, yardstick string, request func(i int) []byte) (result, error) {
	turn := load{duration: b.load.duration / turns, connections: b.load.connections}
	var got []result
	var shares []float64
	sent := 0
	for range turns {
		g, err := turn.run(addr, func(i int) []byte { return request(sent + i) }, true)
		if err != nil {
			return g, fmt.Errorf("%s: %w", r.name, err)
		}
		e, err := turn.run(yardstick, constant(request(sent)), true)
		if err != nil {
			return g, err
		}
		sent += g.last + 1
		got, shares = append(got, g), append(shares, g.rate/e.rate)
	}
	m := medians(got)
	fmt.Printf("%-34s %9.0f %9.0f %9.0f %9.2f   %.2f\n", r.name, m.rate, us(m.p50), us(m.p99), median(shares), r.share)
	return m, nil
}

// medians returns the median of each figure on its own.
func medians(list []result) result {
	var rates []float64
	var p50, p99 []time.Duration
	for _, r := range list {
		rates, p50, p99 = append(rates, r.rate), append(p50, r.p50), append(p99, r.p99)
	}
	return result{rate: median(rates), p50: median(p50), p99: median(p99)}
}
