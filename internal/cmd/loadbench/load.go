package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// load is a closed loop: each connection sends a request when it has the answer to
// the previous one.
type load struct {
	duration    time.Duration
	connections int
}

type result struct {
	rate     float64 // answers per second
	p50, p99 time.Duration
	last     int // the number of the last request
}

// run sends request(0), request(1), ... to addr. With strict, an answer other
// than 200 is an error.
func (l load) run(addr string, request func(i int) []byte, strict bool) (result, error) {
	if err := l.warm(addr, request); err != nil {
		return result{}, err
	}
	var next atomic.Int64
	next.Store(warmRequests)
	latencies := make([][]time.Duration, l.connections)
	errs := make([]error, l.connections)
	start := time.Now()
	deadline := start.Add(l.duration)
	var wait sync.WaitGroup
	for c := range l.connections {
		wait.Go(func() {
			latencies[c], errs[c] = drive(addr, strict, func() []byte {
				if time.Now().After(deadline) {
					return nil
				}
				return request(int(next.Add(1)))
			})
		})
	}
	wait.Wait()
	elapsed := time.Since(start)
	for _, err := range errs {
		if err != nil {
			return result{}, err
		}
	}
	all := slices.Concat(latencies...)
	slices.Sort(all)
	return result{
		rate: float64(len(all)) / elapsed.Seconds(),
		p50:  all[len(all)/2], p99: all[len(all)*99/100], last: int(next.Load()),
	}, nil
}

const warmRequests = 500

func (l load) warm(addr string, request func(i int) []byte) error {
	i := 0
	_, err := drive(addr, false, func() []byte {
		if i == warmRequests {
			return nil
		}
		i++
		return request(i - 1)
	})
	return err
}

// drive sends what next returns until it returns nil, on one connection.
func drive(addr string, strict bool, next func() []byte) ([]time.Duration, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 64<<10)
	var list []time.Duration
	for raw := next(); raw != nil; raw = next() {
		sent := time.Now()
		if _, err := conn.Write(raw); err != nil {
			return list, err
		}
		status, body, err := answer(in)
		if err != nil {
			return list, err
		}
		if strict && status != http.StatusOK {
			return list, fmt.Errorf("answer %d: %s", status, body)
		}
		list = append(list, time.Since(sent))
	}
	return list, nil
}

// answer reads one response and keeps its body only if it is a failure.
func answer(in *bufio.Reader) (int, []byte, error) {
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		_, err = io.Copy(io.Discard, resp.Body)
		return resp.StatusCode, nil, err
	}
	var b bytes.Buffer
	_, err = io.Copy(&b, resp.Body)
	return resp.StatusCode, b.Bytes(), err
}

func median[T cmp.Ordered](list []T) T {
	slices.Sort(list)
	return list[len(list)/2]
}

func constant(raw []byte) func(int) []byte { return func(int) []byte { return raw } }
