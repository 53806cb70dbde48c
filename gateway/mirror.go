package gateway

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/understudy-iam/understudy/authz"
	"github.com/understudy-iam/understudy/gateway/services"
	"github.com/understudy-iam/understudy/principal"
)

// Some upstreams have an IAM of their own and refuse a call that names an entity they do not have:
// moto does so for the role of a Lambda function, the instance profile of an EC2 instance and the
// server certificate of a listener. Before such a call is sent on, the entity is created there,
// under the same account, path and name.

// mirror holds the entities that upstreams were asked for. The zero value is empty.
type mirror struct {
	mu    sync.Mutex
	known map[mirrored]*image
}

// mirrored says which entity, and where.
type mirrored struct {
	upstream *upstream
	arn      string
}

// image is an entity at an upstream.
type image struct {
	mu     sync.Mutex // is held while the upstream is asked, so that the entity is created once
	entity *services.Entity
	own    bool      // it was created by the gateway, and is deleted when the entity is
	until  time.Time // then the upstream is asked again
}

// maxMirrored is how many entities are remembered. Any more that are created remain at the upstream
// when they are deleted here.
const maxMirrored = 10000

// mirrorEntities creates, at its upstream, the entities that the call names.
func (c *call) mirrorEntities() {
	o := &c.g.options
	if o.NoMirror || o.Entity == nil || !c.g.asks(c.upstream) {
		return
	}
	for _, arn := range c.namedEntities() {
		if err := c.g.mirrorEntity(c.in.Context(), mirrored{c.upstream, arn}); err != nil {
			o.Logger.Warn("an entity that a call names could not be created at an upstream, which may refuse the call",
				"arn", arn, "upstream", c.upstream.URL.String(), "request_id", c.caller.Request.ID, "error", err)
		}
	}
}

// namedEntities returns the ARNs of the roles that the call passes, and of the other entities that it names.
func (c *call) namedEntities() []string {
	var list []string
	for i := range c.needs {
		if passesRole(&c.needs[i]) {
			list = append(list, c.needs[i].Resource)
		}
	}
	return append(list, c.named...)
}

// passesRole reports whether a need is the permission to pass one role.
func passesRole(n *authz.Need) bool {
	if n.Action != "iam:PassRole" || strings.ContainsAny(n.Resource, "*?") {
		return false
	}
	a, ok := principal.ParseARN(n.Resource)
	return ok && strings.HasPrefix(a.Resource, "role/")
}

// mirrorEntity creates an entity at an upstream, unless it is already there. For an entity that
// does not exist here, the upstream reports the error itself.
func (g *Gateway) mirrorEntity(ctx context.Context, at mirrored) error {
	entity, err := g.options.Entity(ctx, at.arn)
	if entity == nil || err != nil {
		return err
	}
	i := g.mirror.image(at)
	i.mu.Lock()
	defer i.mu.Unlock()
	if g.options.Now().Before(i.until) {
		return nil
	}
	if entity.Role != "" {
		if err := g.mirrorEntity(ctx, mirrored{at.upstream, entity.Role}); err != nil {
			return err
		}
	}
	made, err := g.makeEntity(ctx, at.upstream, entity)
	if made {
		i.own = true
	}
	if i.entity = entity; err == nil {
		i.until = g.options.Now().Add(factsLast)
	}
	return err
}

// makeEntity reports whether it created the entity, or a part of it. An upstream that already has
// it, or that has no IAM, is left alone.
func (g *Gateway) makeEntity(ctx context.Context, u *upstream, e *services.Entity) (made bool, err error) {
	status, answer, err := g.askAt(ctx, u, e.Find())
	if err != nil || status == http.StatusOK || !services.Missing(answer) {
		return false, err
	}
	for _, q := range e.Make() {
		status, answer, err := g.askAt(ctx, u, q)
		if err != nil || status != http.StatusOK {
			return made, refused(status, answer, err)
		}
		made = true
	}
	return made, nil
}

// refused returns the error for a change that an upstream did not make.
func refused(status int, answer []byte, err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("it answered %d: %.200s", status, answer)
}

// image returns the image of an entity, which may still be empty.
func (m *mirror) image(at mirrored) *image {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.known[at]; i != nil {
		return i
	}
	if m.known == nil || len(m.known) >= maxMirrored {
		m.known = map[mirrored]*image{}
	}
	i := &image{}
	m.known[at] = i
	return i
}

// list returns what is known, instance profiles before the roles in them: a role that is
// in one cannot be deleted.
func (m *mirror) list() []mirrored {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []mirrored
	for at := range m.known {
		list = append(list, at)
	}
	slices.SortFunc(list, func(a, b mirrored) int { return cmp.Compare(a.arn, b.arn) })
	return list
}

// ForgetEntities deletes from upstreams the entities that the gateway created there and that no
// longer exist here, and the instance profiles that have another role here. It is called after
// entities were deleted or changed.
func (g *Gateway) ForgetEntities(ctx context.Context) {
	for _, at := range g.mirror.list() {
		if err := g.forgetEntity(ctx, at); err != nil {
			g.options.Logger.Warn("an entity that was deleted here could not be deleted at an upstream",
				"arn", at.arn, "upstream", at.upstream.URL.String(), "error", err)
		}
	}
}

func (g *Gateway) forgetEntity(ctx context.Context, at mirrored) error {
	i := g.mirror.image(at)
	i.mu.Lock()
	defer i.mu.Unlock()
	is, err := g.options.Entity(ctx, at.arn)
	if err != nil || is != nil && i.entity != nil && is.Role == i.entity.Role {
		return err
	}
	was, own := i.entity, i.own
	i.entity, i.own, i.until = nil, false, time.Time{}
	if !own {
		return nil
	}
	for _, q := range was.Remove() {
		status, answer, err := g.askAt(ctx, at.upstream, q)
		if err != nil || status != http.StatusOK && !services.Missing(answer) {
			return refused(status, answer, err)
		}
	}
	return nil
}
