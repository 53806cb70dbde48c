package alerts

import "go.yaml.in/yaml/v4"

// sink reads a sink of the file.
func (r *reader) sink(n *yaml.Node) SinkConfig {
	m := r.mapping(n, "a sink")
	c := SinkConfig{Log: m.yes("log"), File: m.text("file")}
	if n := m.take("webhook"); n != nil {
		c.Webhook = r.webhook(n)
	}
	m.end()
	kinds := 0
	for _, given := range []bool{c.Log, c.File != "", c.Webhook != nil} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		r.fail(m.node, "a sink is one of log: true, file: PATH and webhook: {url: URL}; put several as several elements of the list")
	}
	return c
}

// The bounds of a webhook's numbers.
const (
	maxAttempts = 100
	maxQueue    = 100_000
)

func (r *reader) webhook(n *yaml.Node) *WebhookConfig {
	m := r.mapping(n, "a webhook")
	c := &WebhookConfig{
		URL: m.required("url"), SecretFile: m.text("secretFile"), SecretEnv: m.text("secretEnv"), Timeout: m.duration("timeout"),
		Attempts: m.integer("attempts"), Queue: m.integer("queue"), DeadLetter: m.text("deadLetter"),
	}
	m.end()
	switch {
	case c.SecretFile != "" && c.SecretEnv != "":
		r.fail(m.take("secretEnv"), "the secret is in a file or in an environment variable; leave secretFile or secretEnv out")
	case c.Timeout < 0 || m.take("timeout") != nil && c.Timeout == 0:
		r.fail(m.take("timeout"), "timeout is a time above 0, such as 5s")
	case m.take("attempts") != nil && (c.Attempts < 1 || c.Attempts > maxAttempts):
		r.fail(m.take("attempts"), "attempts is a number from 1 to %d", maxAttempts)
	case m.take("queue") != nil && (c.Queue < 1 || c.Queue > maxQueue):
		r.fail(m.take("queue"), "queue is a number from 1 to %d", maxQueue)
	}
	return c
}
