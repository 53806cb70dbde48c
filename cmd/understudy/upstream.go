package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/understudy-iam/understudy/decisions"
	"github.com/understudy-iam/understudy/gateway"
	"github.com/understudy-iam/understudy/management"
)

// upstreamFlags are the flags of serve for the calls of other services.
type upstreamFlags struct {
	Upstreams   []string `sep:"none" group:"Gateway:" name:"upstream" env:"UNDERSTUDY_UPSTREAM" placeholder:"[SERVICE,...=]URL" help:"@upstreamUpstreams"`
	Credentials string   `group:"Gateway:" name:"upstream-credentials" default:"account" env:"UNDERSTUDY_UPSTREAM_CREDENTIALS" placeholder:"account|keep|strip|KEYID:SECRET" help:"@upstreamCredentials"`
	Account     string   `group:"Gateway:" name:"upstream-account" env:"UNDERSTUDY_UPSTREAM_ACCOUNT" placeholder:"ID" help:"@upstreamAccount"`
	CA          string   `group:"Gateway:" complete:"file" name:"upstream-ca" env:"UNDERSTUDY_UPSTREAM_CA" placeholder:"FILE" help:"@upstreamCA"`
	Insecure    bool     `group:"Gateway:" name:"upstream-insecure" env:"UNDERSTUDY_UPSTREAM_INSECURE" help:"@upstreamInsecure"`
	Mirror      string   `group:"Gateway:" enum:"on,off" default:"on" name:"upstream-mirror" env:"UNDERSTUDY_UPSTREAM_MIRROR" help:"@upstreamMirror"`
	Gateway     string   `group:"Gateway:" enum:"strict,lenient" default:"strict" name:"gateway" env:"UNDERSTUDY_GATEWAY" help:"@upstreamGateway"`
}

// config is the configuration of the gateway.
func (f *upstreamFlags) config() (gateway.Config, error) {
	c := gateway.Config{CAFile: f.CA, Insecure: f.Insecure, NoMirror: f.Mirror == "off", Lenient: f.Gateway == "lenient"}
	for _, given := range f.Upstreams {
		for word := range strings.FieldsSeq(given) {
			u, err := gateway.ParseUpstream(word)
			if err != nil {
				return c, fmt.Errorf("--upstream: %w", err)
			}
			c.Upstreams = append(c.Upstreams, u)
		}
	}
	if err := c.CheckUpstreams(); err != nil {
		return c, fmt.Errorf("--upstream: %w", err)
	}
	if err := c.CheckCAFile(); err != nil {
		return c, fmt.Errorf("--upstream-ca: %w", err)
	}
	var err error
	if c.Account, err = gateway.ParseAccount(f.Account); err != nil {
		return c, fmt.Errorf("--upstream-account: %w", err)
	}
	if c.Signing, err = gateway.ParseSigning(f.Credentials); err != nil {
		return c, fmt.Errorf("--upstream-credentials: %w", err)
	}
	if len(c.Upstreams) > 0 {
		return c, nil
	}
	flag := firstGiven(
		givenFlag{"--upstream-credentials", c.Signing.Mode != gateway.SignAccount}, givenFlag{"--upstream-account", f.Account != ""},
		givenFlag{"--upstream-ca", f.CA != ""}, givenFlag{"--upstream-insecure", f.Insecure},
		givenFlag{"--upstream-mirror off", f.Mirror == "off"},
	)
	if flag != "" {
		return c, fmt.Errorf("%s has no effect without --upstream; add the address, such as --upstream http://127.0.0.1:5000, or leave %s out",
			flag, flag)
	}
	return c, nil
}

// announceUpstreams says where calls are forwarded, and what happens to other calls.
func announceUpstreams(c *gateway.Config, own string) {
	if len(c.Upstreams) == 0 {
		fmt.Fprintln(os.Stdout, "Calls of other services are refused; --upstream URL sends them on to an emulator.")
		return
	}
	for _, u := range c.Upstreams {
		fmt.Fprintf(os.Stdout, "%s: decided here, and sent on to %s.\n", namesOr("All other services", u.Services), u.URL)
	}
	fmt.Fprintf(os.Stdout, "Their resources are those of %s.\n", shownAccount(c, own))
	if !slices.ContainsFunc(c.Upstreams, func(u gateway.Upstream) bool { return len(u.Services) == 0 }) {
		fmt.Fprintln(os.Stdout, "Calls of other services are refused; an --upstream URL without names takes them.")
	}
}

// printUpstreams says the same about a running server.
func printUpstreams(h *management.Health) {
	of := shownAccount(&gateway.Config{Account: h.UpstreamAccount}, h.Account)
	for _, u := range h.Upstreams {
		services := namesOr("all other services", u.Services)
		fmt.Printf("upstream %s: %s, of %s\n", decisions.Clean(u.URL), decisions.Clean(services), decisions.Clean(of))
		if u.Fault != "" {
			say("warning: the upstream " + decisions.Clean(u.URL+" "+u.Fault))
		}
	}
}

// namesOr names the services of an upstream; all if it lists none.
func namesOr(all string, services []string) string {
	if len(services) == 0 {
		return all
	}
	return strings.Join(services, ", ")
}

// shownUpstreams are the upstreams for a program, with the services of each.
func shownUpstreams(list []gateway.Upstream) map[string][]string {
	out := map[string][]string{}
	for _, u := range list {
		out[u.URL.String()] = append([]string{}, u.Services...)
	}
	return out
}

// shownAccount says whose resources the upstreams hold.
func shownAccount(c *gateway.Config, own string) string {
	switch c.Account {
	case "":
		return "account " + own
	case gateway.CallersAccount:
		return "the account of whoever calls"
	}
	return "account " + c.Account
}
