package intake

import (
	"log/slog"
	"sync"
	"time"
)

// overflow counts what was refused for each limit, and logs it from time to time.
type overflow struct {
	logger *slog.Logger

	mu      sync.Mutex
	refused map[string]int // by the flag of the limit
	told    time.Time
}

// tellAfter is the time between two such log lines.
const tellAfter = time.Minute

// note counts a refusal because of the limit of a flag.
func (o *overflow) note(flag string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refused == nil {
		o.refused = map[string]int{}
	}
	o.refused[flag]++
	if now := time.Now(); now.Sub(o.told) >= tellAfter {
		o.told = now
		o.logger.Warn("clients ask for more than the server may hold; raise the limit if they are yours", "limit", flag, "refused",
			o.refused[flag])
	}
}
