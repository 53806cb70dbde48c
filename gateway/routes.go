package gateway

import (
	"errors"
	"fmt"
	"slices"

	"github.com/understudy-iam/understudy/gateway/services"
)

// checkService refuses the name of a service whose calls would never come to an upstream.
func checkService(name string) error {
	switch {
	case services.AnsweredHere(name):
		return fmt.Errorf("the calls of %s are answered by Understudy itself and are never sent on; leave %s out", name, name)
	case name == "emulator":
		return errors.New("emulator is not the name of a service; in place of a URL it means AWS's own emulator: write " +
			"emulator, emulator:PORT or s3=emulator")
	case services.HasName(name):
		return nil
	}
	guess := ""
	if near := services.NearestName(name); near != "" {
		guess = fmt.Sprintf("did you mean %s? ", near)
	}
	return fmt.Errorf("no service of AWS has the name %q, so that no call would be sent there; %s"+
		"Give the name that the service has in signatures or in actions, or only a URL for all services", name, guess)
}

// CheckUpstreams refuses upstreams if one of them would never get a call because another one is for
// the same services.
func (c *Config) CheckUpstreams() error {
	var r routes
	for _, u := range c.Upstreams {
		made := &upstream{Upstream: u}
		if other := r.rival(made); other != "" {
			return fmt.Errorf("two upstreams are for %s; give one", other)
		}
		r = append(r, made)
	}
	if name := r.idle(); name != "" {
		return fmt.Errorf("an upstream for %s gets no calls, since another upstream has the same service under another name; "+
			"give one", name)
	}
	return nil
}

// routes says which upstream serves which service.
type routes []*upstream

// of returns the upstream of a service that has several names, of which the first takes precedence;
// nil if there is none.
func (r routes) of(names ...string) *upstream {
	for _, name := range names {
		for _, u := range r {
			if slices.Contains(u.Services, name) {
				return u
			}
		}
	}
	for _, u := range r {
		if len(u.Services) == 0 {
			return u
		}
	}
	return nil
}

// rival returns the service that both an upstream of the routes and another one are for; "" if
// there is none.
func (r routes) rival(u *upstream) string {
	for _, other := range r {
		if len(other.Services) == 0 && len(u.Services) == 0 {
			return "all services"
		}
		for _, name := range u.Services {
			if slices.Contains(other.Services, name) {
				return name
			}
		}
	}
	return ""
}

// idle returns the name of a service that never brings its upstream a call, because another
// upstream has the service under another name; "" if there is none.
func (r routes) idle() string {
	for _, u := range r {
		for _, name := range u.Services {
			if !r.comes(name, u) {
				return name
			}
		}
	}
	return ""
}

// comes reports whether calls of a service of the name come to the upstream.
func (r routes) comes(name string, to *upstream) bool {
	elsewhere := false
	for _, s := range services.List() {
		if !slices.Contains(s.Names(), name) {
			continue
		}
		if r.of(s.Names()...) == to {
			return true
		}
		elsewhere = true
	}
	return !elsewhere
}
