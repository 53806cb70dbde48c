package gateway

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// probeWait is how long an upstream may take to answer the probe.
const probeWait = 2 * time.Second

// Faults says for each upstream of the configuration, in order, why it does not answer now and what
// to do; "" if it answers, whatever the answer is. All are asked at the same time, with an unsigned
// request that changes nothing, and have two seconds to answer.
func (g *Gateway) Faults(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, probeWait)
	defer cancel()
	list := make([]string, len(g.routes))
	var asked sync.WaitGroup
	for i, u := range g.routes {
		asked.Go(func() {
			if err := u.probe(ctx); err != nil {
				t := troubleOf(err)
				list[i] = t.happened + "; " + t.advice
			}
		})
	}
	asked.Wait()
	return list
}

// probe sends the upstream a request, to see whether it answers.
func (u *upstream) probe(ctx context.Context) error {
	t, err := u.target(false)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url.String()+"/", nil)
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", asker)
	res, err := t.transport.RoundTrip(r)
	if err != nil {
		return err
	}
	return res.Body.Close()
}
