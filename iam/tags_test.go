package iam_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/understudy-iam/understudy/internal/testkit"
	"github.com/understudy-iam/understudy/persistence"
)

// tags makes tags from a list of keys and values in turn.
func tags(pairs ...string) []types.Tag {
	list := make([]types.Tag, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, types.Tag{Key: &pairs[i], Value: &pairs[i+1]})
	}
	return list
}

// manyTags makes n tags with the keys first, first+1, ...
func manyTags(first, n int) []types.Tag {
	var list []types.Tag
	for i := range n {
		list = append(list, types.Tag{Key: numbered("key", first+i), Value: aws.String("v")})
	}
	return list
}

func shown(list []types.Tag) string {
	var b strings.Builder
	for _, t := range list {
		b.WriteString(*t.Key + "=" + *t.Value + " ")
	}
	return strings.TrimSpace(b.String())
}

const (
	ownPolicy = "arn:aws:iam::123456789012:policy/p/Own"
	awsPolicy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
)

// tagged holds the operations on the tags of one entity.
type tagged struct {
	noun  string
	fold  bool // keys compare without regard to case
	tag   func([]types.Tag) error
	untag func(keys ...string) error
	list  func(size *int32, marker *string) (tags []types.Tag, next *string, err error)
}

func (x tagged) all(t *testing.T) string {
	t.Helper()
	list, marker, err := x.list(nil, nil)
	if err != nil || marker != nil {
		t.Fatalf("list: %v, marker %v", err, marker)
	}
	return shown(list)
}

func (f *fixture) taggedUser() tagged {
	f.user("u")
	name := aws.String("U")
	return tagged{"user", true,
		func(list []types.Tag) error {
			return testkit.Refused(f.TagUser(f.root, &iam.TagUserInput{UserName: name, Tags: list}))
		},
		func(keys ...string) error {
			return testkit.Refused(f.UntagUser(f.root, &iam.UntagUserInput{UserName: name, TagKeys: keys}))
		},
		func(size *int32, marker *string) ([]types.Tag, *string, error) {
			out, err := f.ListUserTags(f.root, &iam.ListUserTagsInput{UserName: name, MaxItems: size, Marker: marker})
			if err != nil {
				return nil, nil, err
			}
			return out.Tags, out.Marker, nil
		},
	}
}

func (f *fixture) taggedRole() tagged {
	f.storedRole("r", "/aws-service-role/x.amazonaws.com/") // AWS lets these be tagged too
	name := aws.String("R")
	return tagged{"role", true,
		func(list []types.Tag) error {
			return testkit.Refused(f.TagRole(f.root, &iam.TagRoleInput{RoleName: name, Tags: list}))
		},
		func(keys ...string) error {
			return testkit.Refused(f.UntagRole(f.root, &iam.UntagRoleInput{RoleName: name, TagKeys: keys}))
		},
		func(size *int32, marker *string) ([]types.Tag, *string, error) {
			out, err := f.ListRoleTags(f.root, &iam.ListRoleTagsInput{RoleName: name, MaxItems: size, Marker: marker})
			if err != nil {
				return nil, nil, err
			}
			return out.Tags, out.Marker, nil
		},
	}
}

func (f *fixture) taggedPolicy() tagged {
	f.update(func(tx persistence.Tx) error {
		return persistence.Policies.Put(tx, account,
			&persistence.Policy{Name: "Own", Path: "/p/", ID: "ANPAOWN", ARN: ownPolicy, CreateDate: birth})
	})
	arn := aws.String(ownPolicy)
	return tagged{"policy", false,
		func(list []types.Tag) error {
			return testkit.Refused(f.TagPolicy(f.root, &iam.TagPolicyInput{PolicyArn: arn, Tags: list}))
		},
		func(keys ...string) error {
			return testkit.Refused(f.UntagPolicy(f.root, &iam.UntagPolicyInput{PolicyArn: arn, TagKeys: keys}))
		},
		func(size *int32, marker *string) ([]types.Tag, *string, error) {
			out, err := f.ListPolicyTags(f.root, &iam.ListPolicyTagsInput{PolicyArn: arn, MaxItems: size, Marker: marker})
			if err != nil {
				return nil, nil, err
			}
			return out.Tags, out.Marker, nil
		},
	}
}

func forEachTagged(t *testing.T, test func(*testing.T, tagged)) {
	for _, make := range []func(*fixture) tagged{(*fixture).taggedUser, (*fixture).taggedRole, (*fixture).taggedPolicy} {
		x := make(newFixture(t))
		t.Run(x.noun, func(t *testing.T) { test(t, x) })
	}
}

func TestTaggingReplacesKeysThatAreTheSame(t *testing.T) {
	t.Parallel()
	forEachTagged(t, func(t *testing.T, x tagged) {
		for _, list := range [][]types.Tag{tags("Team", "one", "b", ""), tags("team", "two")} {
			if err := x.tag(list); err != nil {
				t.Fatal(err)
			}
		}
		want := "b= team=two"
		if !x.fold {
			want = "b= Team=one team=two"
		}
		if got := x.all(t); got != want {
			t.Errorf("tags = %q; want %q", got, want)
		}
	})
}

func TestUntagging(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, folded, exact string
		keys               []string
	}{
		{"a key in its own spelling goes", "b=2", "b=2", []string{"Team"}},
		{"a key in another case goes where case does not count", "b=2", "b=2 Team=1", []string{"tEAM"}},
		{"two spellings of a key are one", "b=2", "b=2", []string{"Team", "team"}},
		{"a key that is not there is ignored", "b=2 Team=1", "b=2 Team=1", []string{"c"}},
		{"a reserved key is ignored", "b=2 Team=1", "b=2 Team=1", []string{"aws:x"}},
		{"all keys can go at once", "", "", []string{"b", "Team"}},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			forEachTagged(t, func(t *testing.T, x tagged) {
				if err := x.tag(tags("Team", "1", "b", "2")); err != nil {
					t.Fatal(err)
				}
				if err := x.untag(c.keys...); err != nil {
					t.Fatal(err)
				}
				want := c.exact
				if x.fold {
					want = c.folded
				}
				if got := x.all(t); got != want {
					t.Errorf("tags = %q; want %q", got, want)
				}
			})
		})
	}
}

func TestTaggingRefuses(t *testing.T) {
	t.Parallel()
	const reserved = "Tag keys beginning with aws: are reserved for system use."
	for _, c := range []struct {
		why         string
		list        []types.Tag
		folded      string // the error's text if keys compare without regard to case
		exact       string // the error's text if they do not; empty: accepted
		invalidates string
	}{
		{"a reserved key", tags("aws:x", "1"), reserved, reserved, "InvalidInput"},
		{"a reserved key in capitals", tags("b", "1", "AWS:x", "1"), reserved, reserved, "InvalidInput"},
		{"a reserved key is seen before a duplicate", tags("b", "1", "b", "1", "aws:x", "1"), reserved, reserved, "InvalidInput"},
		{"a key twice", tags("b", "1", "b", "2"),
			"Duplicate tag keys found. Please note that Tag keys are case insensitive.", "Duplicate tag keys found.", "InvalidInput"},
		{"a key in two cases", tags("b", "1", "B", "2"),
			"Duplicate tag keys found. Please note that Tag keys are case insensitive.", "", "InvalidInput"},
		{"an empty list", []types.Tag{},
			"Error occurred while validating input. ", "The provided tag map must not be null/empty.", "InvalidInput"},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			forEachTagged(t, func(t *testing.T, x tagged) {
				err, want := x.tag(c.list), c.exact
				if x.fold {
					want = c.folded
				}
				if want == "" {
					if err != nil {
						t.Errorf("refused: %v", err)
					}
					return
				}
				testkit.WantError(t, err, c.invalidates, want)
				if got := x.all(t); got != "" {
					t.Errorf("tags after the refusal = %q", got)
				}
			})
		})
	}
}

func TestTagValueMayBeginWithAWS(t *testing.T) {
	t.Parallel()
	forEachTagged(t, func(t *testing.T, x tagged) {
		if err := x.tag(tags("k", "aws:v")); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTagKeyOfWhiteSpaceIsRefused(t *testing.T) {
	t.Parallel()
	forEachTagged(t, func(t *testing.T, x tagged) {
		testkit.WantError(t, x.tag(tags("a", "1", " \u00a0", "2")), "ValidationError",
			"1 validation error detected: Value at 'tags.2.member.key' failed to satisfy constraint: "+
				`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`)
	})
}

func TestFiftyTagsAndNoMore(t *testing.T) {
	t.Parallel()
	forEachTagged(t, func(t *testing.T, x tagged) {
		if err := x.tag(manyTags(0, 50)); err != nil {
			t.Fatal(err)
		}
		testkit.WantError(t, x.tag(append(tags("key0", "new"), manyTags(50, 1)...)),
			"LimitExceeded", "The number of tags has reached the maximum limit.")
		list, _, err := x.list(nil, nil)
		if err != nil || len(list) != 50 || *list[0].Value != "v" {
			t.Fatalf("after the refusal there are %d tags, %v", len(list), err)
		}
		if err := x.tag(tags("key0", "new")); err != nil {
			t.Errorf("a new value for one of fifty: %v", err)
		}
	})
}

// The order is by length, then by bytes; pages follow it.
func TestTagsInPages(t *testing.T) {
	t.Parallel()
	forEachTagged(t, func(t *testing.T, x tagged) {
		if err := x.tag(tags("abc", "1", "b", "2", "z", "3", "A", "4", "Zz", "5")); err != nil {
			t.Fatal(err)
		}
		var got []string
		var marker *string
		for {
			list, next, err := x.list(aws.Int32(2), marker)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, shown(list))
			if marker = next; marker == nil {
				break
			}
		}
		if want := "A=4 b=2|z=3 Zz=5|abc=1"; strings.Join(got, "|") != want {
			t.Errorf("pages = %q; want %q", strings.Join(got, "|"), want)
		}
	})
}

func TestNoTagsIsAnEmptyList(t *testing.T) {
	t.Parallel()
	forEachTagged(t, func(t *testing.T, x tagged) {
		if list, _, err := x.list(nil, nil); err != nil || list == nil || len(list) != 0 {
			t.Errorf("tags = %v, %v; want an empty list", list, err)
		}
	})
}

func TestTagsOfTheUnknown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.taggedPolicy()
	role := aws.String("x")
	const noRole = "The role with name x cannot be found."
	testkit.WantError(t, testkit.Refused(f.TagRole(f.root, &iam.TagRoleInput{RoleName: role, Tags: tags("a", "b")})),
		"NoSuchEntity", noRole)
	testkit.WantError(t, testkit.Refused(f.UntagRole(f.root, &iam.UntagRoleInput{RoleName: role, TagKeys: []string{"a"}})),
		"NoSuchEntity", noRole)
	testkit.WantError(t, testkit.Refused(f.ListRoleTags(f.root, &iam.ListRoleTagsInput{RoleName: role})), "NoSuchEntity", noRole)
	for why, arn := range map[string]string{
		"another name": "arn:aws:iam::123456789012:policy/p/x",
		"another path": "arn:aws:iam::123456789012:policy/Own",
	} {
		t.Run(why, func(t *testing.T) {
			text := "Policy " + arn + " was not found."
			testkit.WantError(t, testkit.Refused(f.TagPolicy(f.root, &iam.TagPolicyInput{PolicyArn: &arn, Tags: tags("a", "b")})),
				"NoSuchEntity", text)
			testkit.WantError(t, testkit.Refused(f.UntagPolicy(f.root, &iam.UntagPolicyInput{PolicyArn: &arn, TagKeys: []string{"a"}})),
				"NoSuchEntity", text)
			testkit.WantError(t, testkit.Refused(f.ListPolicyTags(f.root, &iam.ListPolicyTagsInput{PolicyArn: &arn})), "NoSuchEntity", text)
		})
	}
}

func TestTagsOfWhatIsNoPolicy(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, err := range []error{
		testkit.Refused(f.TagPolicy(f.root, &iam.TagPolicyInput{PolicyArn: aws.String("not-an-arn-at-all-000"), Tags: tags("a", "b")})),
		testkit.Refused(f.UntagPolicy(f.root, &iam.UntagPolicyInput{
			PolicyArn: aws.String("not-an-arn-at-all-000"), TagKeys: []string{"a"},
		})),
		testkit.Refused(f.ListPolicyTags(f.root, &iam.ListPolicyTagsInput{PolicyArn: aws.String("not-an-arn-at-all-000")})),
	} {
		testkit.WantError(t, err, "ValidationError", "ARN not-an-arn-at-all-000 is not valid.")
	}
}

func TestPoliciesOfAWSHaveNoTags(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	arn := aws.String(awsPolicy)
	const text = "Tags not supported for policies in this domain"
	testkit.WantError(t, testkit.Refused(f.TagPolicy(f.root, &iam.TagPolicyInput{PolicyArn: arn, Tags: tags("a", "b")})),
		"InvalidInput", text)
	testkit.WantError(t, testkit.Refused(f.UntagPolicy(f.root, &iam.UntagPolicyInput{PolicyArn: arn, TagKeys: []string{"a"}})),
		"InvalidInput", text)
	if list := testkit.Must(f.ListPolicyTags(f.root, &iam.ListPolicyTagsInput{PolicyArn: arn}))(t).Tags; list == nil || len(list) != 0 {
		t.Errorf("tags = %v; want an empty list", list)
	}
}

// An empty list of keys is accepted for users and roles, and refused for policies.
func TestUntaggingNothing(t *testing.T) {
	t.Parallel()
	forEachTagged(t, func(t *testing.T, x tagged) {
		err := x.untag()
		if x.fold {
			if err != nil {
				t.Errorf("refused: %v", err)
			}
			return
		}
		testkit.WantError(t, err, "InvalidInput", "The provided tag keys must not be null/empty.")
	})
}

func TestTagsOfWritersAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	x := f.taggedUser()
	if won := race(30, func(i int) error { return x.tag(manyTags(i, 1)) }); won != 30 {
		t.Fatalf("%d of 30 succeeded", won)
	}
	if list, _, err := x.list(nil, nil); err != nil || len(list) != 30 {
		t.Errorf("there are %d tags, %v", len(list), err)
	}
}
