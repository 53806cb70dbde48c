package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"time"
)

// transferTurns is how often each side is measured.
const transferTurns = 5

// beside makes the transfer with a server and a yardstick, in turns, and prints the row.
func (t transfer) beside(r row, addr, yardstick string) error {
	var rates, shares []float64
	for range transferTurns {
		got, err := t.rate(addr)
		if err != nil {
			return err
		}
		want, err := t.rate(yardstick)
		if err != nil {
			return err
		}
		rates, shares = append(rates, got), append(shares, got/want)
	}
	fmt.Printf("%-34s %9.0f %28.2f %11.2f\n", r.name, median(rates), median(shares), r.share)
	return nil
}

// rate makes the transfer once, and returns the megabytes per second.
func (t transfer) rate(addr string) (float64, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	begin := time.Now()
	if _, err := conn.Write(t.head); err != nil {
		return 0, err
	}
	if err := t.body(conn); err != nil {
		return 0, err
	}
	status, body, err := answer(bufio.NewReaderSize(conn, part))
	if err != nil {
		return 0, err
	}
	if status != http.StatusOK {
		return 0, fmt.Errorf("answer %d: %s", status, body)
	}
	return gibibyte / 1e6 / time.Since(begin).Seconds(), nil
}
