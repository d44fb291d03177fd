package usage

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// leaves are the fields of a struct and of those within it.
func leaves(v reflect.Value, path string, each func(path string, f reflect.Value)) {
	for i := range v.NumField() {
		f, name := v.Field(i), path+v.Type().Field(i).Name
		if f.Kind() == reflect.Struct {
			leaves(f, name+".", each)
			continue
		}
		each(name, f)
	}
}

// TestCanonicalSeesEveryFieldOfACourse changes each in turn, and each alone comes
// back: none can be forgotten.
func TestCanonicalSeesEveryFieldOfACourse(t *testing.T) {
	plain := string((&Call{ID: "1", Course: &Course{}}).AppendCanonical(nil))
	seen := map[string]string{plain: "nothing"}
	leaves(reflect.ValueOf(Course{}), "", func(path string, _ reflect.Value) {
		course := &Course{}
		leaves(reflect.ValueOf(course).Elem(), "", func(name string, f reflect.Value) {
			switch {
			case name != path:
			case f.Kind() == reflect.String:
				f.SetString("x")
			default:
				f.SetInt(1)
			}
		})
		b := (&Call{ID: "1", Course: course}).AppendCanonical(nil)
		if other, twice := seen[string(b)]; twice {
			t.Errorf("%s set alone has the form of %s", path, other)
		}
		seen[string(b)] = path
		var back Call
		if err := DecodeCall(b, &back); err != nil || !reflect.DeepEqual(back.Course, course) {
			t.Errorf("%s came back as %+v, %v", path, back.Course, err)
		}
		if c := course.Clone(); !reflect.DeepEqual(c, course) || c == course {
			t.Errorf("%s: the copy is %+v", path, c)
		}
	})
}

// TestACallWithoutACourseKeepsItsBytes: what older invoices show a digest of has
// the form it had, and an empty course is none.
func TestACallWithoutACourseKeepsItsBytes(t *testing.T) {
	old := sampleCall(1)
	b := old.AppendCanonical(nil)
	if b[0] != canonicalVersion {
		t.Errorf("version %d", b[0])
	}
	old.Course = &Course{}
	if !bytes.Equal(b, old.AppendCanonical(nil)) {
		t.Error("a course that says nothing changes the form")
	}
	reused := Call{Course: &Course{Why: "bye"}}
	if err := DecodeCall(b, &reused); err != nil || reused.Course != nil {
		t.Errorf("the course of the call before is still there: %+v, %v", reused.Course, err)
	}
	told := sampleCall(1)
	told.Course = &Course{Why: "bye", Heard: Quality{MOS: 437}}
	form := told.AppendCanonical(nil)
	form[0] = canonicalVersion
	if DecodeCall(form, new(Call)) == nil {
		t.Error("a form with more than its version has is taken")
	}
	b[0] = withCourse
	if DecodeCall(append(b, make([]byte, 80)...), new(Call)) == nil {
		t.Error("a course that says nothing has a form")
	}
}

func TestWhatACourseCannotBe(t *testing.T) {
	good := Course{EndedBy: TheirSide, Cause: 16, Status: 200, Why: "bye", Heard: Quality{MOS: 437, Packets: 100, Lost: 3, Jitter: time.Millisecond},
		Detected: "person", Sure: 90, Recording: "a.wav", RecordingSHA256: strings.Repeat("0f", 32)}
	if why := good.Wrong(); why != "" || (*Course)(nil).Wrong() != "" {
		t.Error(why)
	}
	for want, spoil := range map[string]func(*Course){
		"side": func(c *Course) { c.EndedBy = "nobody" }, "cause": func(c *Course) { c.Cause = 128 }, "status": func(c *Course) { c.Status = 99 },
		"percent": func(c *Course) { c.Sure = 101 }, "digest": func(c *Course) { c.RecordingSHA256 = "0F" }, "text": func(c *Course) { c.Recording = strings.Repeat("x", 256) },
		"quality": func(c *Course) { c.Told.Lost = -1 }, "MOS": func(c *Course) { c.Heard.MOS = 99 },
	} {
		c := good
		if spoil(&c); !strings.Contains(c.Wrong(), want) {
			t.Errorf("%s: %q", want, c.Wrong())
		}
	}
}

// TestACourseCostsTheOthersNothing: a call without one is decoded with as many
// allocations as ever, and its digest with none.
func TestACourseCostsTheOthersNothing(t *testing.T) {
	b := sampleCall(1).AppendCanonical(nil)
	var c Call
	if n := testing.AllocsPerRun(100, func() { _ = DecodeCall(b, &c) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
	r := rand.New(rand.NewPCG(3, 4))
	told := sampleCall(2)
	told.Course = &Course{Why: "bye", Cause: r.Int64N(127)}
	d, m := new(Digest), new(Elements)
	if n := testing.AllocsPerRun(100, func() { d.Add(m.Of(told)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
