package managed

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/understudy-iam/understudy/principal"
)

// policy parses the record.
func (r *record) policy(p principal.Partition) Policy {
	name := principal.Name(r.path)
	newest, _, _ := strings.Cut(r.dates, ",")
	version := r.version(newest, time.Time{})
	return Policy{
		Name:             name,
		Path:             "/" + strings.TrimSuffix(r.path, name),
		ARN:              p.AWSPolicy(r.path),
		ID:               policyID(r.path),
		Description:      r.description,
		DefaultVersionID: version.ID,
		CreateDate:       r.creation(),
		UpdateDate:       version.CreateDate, // the source has it so for every policy
	}
}

// versions parses the list of versions, newest first. A version without a date
// gets that of the next older one.
func (r *record) versions() []Version {
	fields := strings.Split(r.dates, ",")
	versions := make([]Version, len(fields))
	earlier := r.creation()
	for i := len(fields) - 1; i >= 0; i-- {
		versions[i] = r.version(fields[i], earlier)
		earlier = versions[i].CreateDate
	}
	return versions
}

func (r *record) version(field string, earlier time.Time) Version {
	digits, seconds, dated := strings.Cut(field, ":")
	if !dated {
		return Version{ID: "v" + digits, CreateDate: earlier, DateUnknown: true}
	}
	return Version{ID: "v" + digits, CreateDate: r.creation().Add(time.Duration(number(seconds)) * time.Second)}
}

func (r *record) creation() time.Time { return time.Unix(int64(number(r.created)), 0).UTC() }

// document makes the document of a version: the newest document, changed by the patches
// of all versions down to the wanted one, then indented.
func (a *archive) document(r *record, versionID string) (string, bool) {
	digits, ok := strings.CutPrefix(versionID, "v")
	if !ok {
		return "", false
	}
	steps := 0
	for field := range strings.SplitSeq(r.dates, ",") {
		if id, _, _ := strings.Cut(field, ":"); id == digits {
			lines := strings.Split(a.text(a.current, r.document), "\n")
			if steps > 0 {
				lines = patched(lines, a.text(a.history, r.older), steps)
			}
			return indented(lines), true
		}
		steps++
	}
	return "", false
}

// patched applies the first n patches of history. A patch is the lines of the older
// document, where "=SKIP,COUNT" means COUNT lines of the newer one that begin SKIP lines
// after the last ones taken; a full stop ends it.
func patched(newer []string, history string, n int) []string {
	var older []string
	next := 0
	for line := range strings.SplitSeq(history, "\n") {
		switch {
		case line == ".":
			newer, older, next = older, nil, 0
			if n--; n == 0 {
				return newer
			}
		case strings.HasPrefix(line, "="):
			skip, count, _ := strings.Cut(line[1:], ",")
			from := next + number(skip)
			next = from + number(count)
			older = append(older, newer[from:next]...)
		default:
			older = append(older, line)
		}
	}
	panic("managed: the embedded archive is damaged: a patch is missing")
}

func indented(lines []string) string {
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(strings.Join(lines, "\n")), "", "  "); err != nil {
		panic(fmt.Sprintf("managed: the embedded archive is damaged: %v", err))
	}
	return out.String()
}

// recordedIDs are the policy IDs that GetPolicy was seen to answer (2026).
var recordedIDs = map[string]string{
	"root-task/IAMAuditRootUserCredentials":  "ANPAZKAPJZG4BDSCREYVS",
	"root-task/IAMDeleteRootUserCredentials": "ANPAZKAPJZG4CX73XKORQ",
	"root-task/S3UnlockBucketPolicy":         "ANPAZKAPJZG4OALTIPZOF",
	"root-task/SQSUnlockQueuePolicy":         "ANPAZKAPJZG4HPZI4FDUV",
}

// policyID returns the recorded ID of the policy, or one derived from its ARN in
// the partition aws.
func policyID(path string) string {
	if id, ok := recordedIDs[path]; ok {
		return id
	}
	sum := sha256.Sum256([]byte(principal.AWS.AWSPolicy(path)))
	return "ANPAZKAPJZG4" + base32.StdEncoding.EncodeToString(sum[:])[:9]
}
