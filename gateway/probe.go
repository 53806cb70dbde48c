package gateway

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// probeWait is how long an upstream may take to show that it answers.
const probeWait = 2 * time.Second

// Faults says of each upstream of the configuration, in its order, why it does not
// answer now and what to do; "" if it answers, whatever it answers. All are asked at
// once, by a request without a signature that changes nothing, and have two seconds.
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

// probe asks the upstream for anything.
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
