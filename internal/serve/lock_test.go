package serve

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"

	"waihu/internal/fault"
)

// holder is the variable that makes TestAFolderIsLetGo the process that holds.
const holder = "WAIHU_TEST_HOLDS"

// TestAFolderIsLetGo kills a process that has a folder: the next one gets it.
func TestAFolderIsLetGo(t *testing.T) {
	if data := os.Getenv(holder); data != "" {
		_, err := Own(&Config{Data: data})
		os.Stdout.WriteString(map[bool]string{true: "has it\n", false: "has it not\n"}[err == nil])
		bufio.NewReader(os.Stdin).ReadByte() // until it is killed
		return
	}
	c := Config{Data: t.TempDir()}
	child := exec.Command(os.Args[0], "-test.run=^TestAFolderIsLetGo$")
	child.Env = append(os.Environ(), holder+"="+c.Data)
	child.Stdin = readNothing(t)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "has it\n" {
		t.Fatalf("it says %q, %v", line, err)
	}
	_, err = Own(&c)
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "is in use by another waihu (process ") {
		t.Errorf("while it lives: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait() // its end is the kill
	free, err := Own(&c)
	if err != nil {
		t.Fatalf("once it is dead: %v", err)
	}
	if err := free(); err != nil {
		t.Error(err)
	}
}

// readNothing is an input that stays open and has nothing in it.
func readNothing(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r
}
