package voice_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
)

// encrypting starts baresip as a telephone that encrypts or hangs up, and says a
// tone. Its network interface must be an address (trap 11).
func encrypting(t *testing.T, phone *sip.Endpoint, hertz float64) (to string) {
	t.Helper()
	free, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.LocalAddr().String()
	free.Close()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"config": "sip_listen " + at + "\nnet_interface 127.0.0.1\nrtp_ports 18700-18719\naudio_source aufile," + folder + "/tone.wav\nausrc_srate 8000\nauplay_srate 8000\n" +
			"module_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\nmodule srtp.so\nmodule_tmp account.so\nmodule_app menu.so\n",
		"accounts": "<sip:agent@127.0.0.1>;regint=0;answermode=auto;mediaenc=srtp-mand;audio_codecs=pcma\n",
		"contacts": "",
		"tone.wav": string(pcm(audio.Tone{Hertz: []float64{hertz}, Level: 0.4}.Samples(20 * time.Second))),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("baresip", "-f", folder)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v: baresip is needed, make deps installs it", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it keeps nothing
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("baresip said:\n%s", said.String())
		}
	})
	to = "sip:agent@" + at
	for range 100 {
		ctx, stop := context.WithTimeout(context.Background(), time.Second)
		_, err := phone.Ping(ctx, to)
		stop()
		if err == nil {
			return to
		}
	}
	t.Fatal("baresip does not answer")
	return ""
}

// pcm is a WAV of 16 bits, which is what baresip reads.
func pcm(samples []int16) []byte {
	size := uint32(2 * len(samples))
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, size+36)...)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data"...)
	b = binary.LittleEndian.AppendUint32(b, size)
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// TestAPhoneThatEncrypts, of somebody else's making, is heard through SRTP, and
// takes no call whose sound is plain.
func TestAPhoneThatEncrypts(t *testing.T) {
	phone, err := sip.Open(sip.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	to := encrypting(t, phone, 700)
	ports, err := rtp.NewPorts(netip.MustParseAddr("127.0.0.1"), 18720, 18739)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "call.wav"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := voice.Place(context.Background(), phone, ports, voice.Order{To: to, SRTP: true, Talk: 1500 * time.Millisecond, Record: f, Play: make([]int16, audio.Rate)})
	// Baresip opens the way through address translators with one plain RTCP packet (APP), which is refused.
	if err != nil || !r.Answered() || r.Figures.Foreign > 1 || r.Figures.Injected != 0 {
		t.Fatalf("%v, %+v, %+v", err, r.Ending, r.Figures)
	}
	whole, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	w, err := audio.ReadWAV(bytes.NewReader(whole))
	if err != nil || audio.Power(w.Channels[1], 700) < 0.2 {
		t.Errorf("their tone is not heard: %v", err)
	}
	if r, err = voice.Place(context.Background(), phone, ports, voice.Order{To: to, Talk: 500 * time.Millisecond}); err != nil || r.Answered() {
		t.Errorf("a plain call: %v, %+v", err, r.Ending)
	}
}
