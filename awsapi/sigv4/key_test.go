package sigv4

import (
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
)

// TestSigningKey compares with the key that AWS's documentation derives.
func TestSigningKey(t *testing.T) {
	key := newSigningKey(keyScope{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam"})
	var got hexHash
	key.sum([]byte("AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"+
		"f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"), &got)
	if want := "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"; string(got[:]) != want {
		t.Errorf("got %s", got)
	}
}

// TestChangedSecretIsNotMet: a key is remembered under its secret, so the
// request that verified a moment ago does not once the secret has changed.
func TestChangedSecretIsNotMet(t *testing.T) {
	r, body := call{body: testBody}.signed(t)
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := s.Verify(testSecret, body); err != nil {
			t.Fatal(i, err)
		}
		if err := s.Verify("changed"+testSecret, body); err == nil {
			t.Fatal(i, "verified under another secret")
		}
	}
}

func TestMemoForgetsWhatIsOld(t *testing.T) {
	var m memo[int, string]
	derived := 0
	derive := func(k int) string { derived++; return fmt.Sprint(k) }
	for k := range 10 * memoSize {
		if got := m.get(k, derive); got != fmt.Sprint(k) {
			t.Fatalf("%d: got %s", k, got)
		}
		m.get(0, derive) // in use all along
	}
	if len(m.young) > memoSize || len(m.old) > memoSize {
		t.Errorf("%d and %d values are kept", len(m.young), len(m.old))
	}
	if derived != 10*memoSize {
		t.Errorf("derived %d times, want once for each key", derived)
	}
	if m.get(1, derive); derived != 10*memoSize+1 {
		t.Error("what was used longest ago is remembered still")
	}
}

// TestVerifyingAtOnce verifies from many goroutines, of which half have the
// wrong secret.
func TestVerifyingAtOnce(t *testing.T) {
	r, body := call{body: testBody}.signed(t)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			secret := testSecret
			if i%2 == 1 {
				secret += fmt.Sprint(i)
			}
			for range 200 {
				s, err := Parse(r)
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Verify(secret, body); (err == nil) != (i%2 == 0) {
					t.Errorf("goroutine %d: %v", i, err)
					return
				}
			}
		})
	}
	group.Wait()
}

// TestPublicKey compares with the key pair of AWS's SigV4A test suite.
func TestPublicKey(t *testing.T) {
	public := derivePublicKey(keyPair{"AKISORANDOMAASORANDOM", "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom"})
	got, err := public.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	const want = "04" + "15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb" +
		"0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0"
	if hex.EncodeToString(got) != want {
		t.Errorf("got %x", got)
	}
}
