package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/internal/spelling"
)

type gatewayCommand struct {
	Coverage coverageCommand `cmd:"" help:"Count the operations whose resources are known."`
}

// Help is shown by --help.
func (gatewayCommand) Help() string {
	return `The gateway decides calls to other AWS services. For each operation it knows which actions the call needs, and where
the request names the resources.

    understudy gateway coverage          # all services
    understudy gateway coverage athena   # what one has unresolved`
}

type coverageCommand struct {
	Service string `arg:"" optional:"" help:"@coverageService"`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// Help is shown by --help.
func (coverageCommand) Help() string {
	return `An operation is exact if the request names its resources. It is on a star (*) by nature if AWS's service reference
lists no resource type for its action. Otherwise it is not resolved: the request does not name the resource, or the gateway
does not know where it does. Such a call is decided on the resource *, as one on a star is. IAM and STS are not counted: the
server answers their calls itself.`
}

// Run prints a line for each service, and the total.
func (c *coverageCommand) Run() error {
	list := services.Coverage()
	if c.Service != "" {
		one, err := coverageOf(list, c.Service)
		if err != nil {
			return err
		}
		list = []services.ServiceCoverage{one}
	}
	if c.JSON {
		return printJSON(map[string]any{"services": list, "total": total(list)})
	}
	_, err := fmt.Fprint(os.Stdout, coverageTable(list))
	return err
}

func coverageOf(list []services.ServiceCoverage, name string) (services.ServiceCoverage, error) {
	if services.AnsweredHere(strings.ToLower(name)) {
		return services.ServiceCoverage{}, usageError{fmt.Errorf("the server answers the calls of %s itself and sends none of them on, "+
			"so the gateway does not count them; README.md lists the operations", strings.ToLower(name))}
	}
	var names []string
	for _, s := range list {
		if s.Service == strings.ToLower(name) {
			return s, nil
		}
		names = append(names, s.Service)
	}
	guess := ""
	if found := spelling.Guess(name, names); found != "" {
		guess = fmt.Sprintf(" Did you mean %s?", found)
	}
	return services.ServiceCoverage{}, usageError{fmt.Errorf("the gateway has no table of the service %q, "+
		"so it cannot say what its calls need.%s Without a name, the command lists the services that it knows", name, guess)}
}

// sum is the total over all services.
type sum struct {
	Services   int `json:"services"`
	Operations int `json:"operations"`
	Exact      int `json:"exact"`
	Any        int `json:"any"`
	Unresolved int `json:"unresolved"`
}

func total(list []services.ServiceCoverage) sum {
	t := sum{Services: len(list)}
	for _, s := range list {
		t.Operations += s.Operations
		t.Exact += s.Exact
		t.Any += s.Any
		t.Unresolved += s.Unresolved
	}
	return t
}

// coverageTable is at most 80 columns wide.
func coverageTable(list []services.ServiceCoverage) string {
	var out strings.Builder
	row := func(name string, cells ...any) {
		fmt.Fprintf(&out, "%-26s%12v%9v%9v%14v\n", append([]any{name}, cells...)...)
	}
	row("SERVICE", "OPERATIONS", "EXACT", "ON *", "NOT RESOLVED")
	for _, s := range list {
		row(s.Service, s.Operations, s.Exact, s.Any, s.Unresolved)
	}
	if len(list) == 1 {
		for _, name := range list[0].Names {
			fmt.Fprintf(&out, "  %s\n", name)
		}
		return out.String()
	}
	t := total(list)
	row(fmt.Sprintf("%d services", t.Services), t.Operations, t.Exact, t.Any, t.Unresolved)
	resolved := 100 * float64(t.Exact+t.Any) / float64(max(1, t.Operations))
	fmt.Fprintf(&out, "\n%.1f %% of the operations are exact or on a star by nature.\n", resolved)
	out.WriteString("IAM and STS are not counted: the server answers their calls itself.\n")
	return out.String()
}
