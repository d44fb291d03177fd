package corpus

import (
	"fmt"
	"math/rand/v2"

	"waihu/internal/voice/detect"
)

// announcers are the voices of the two carriers of each part.
var announcers = map[Part][2]Voice{
	Train:   {{"cmn+f3", 320, 50}, {"cmn+m3", 300, 40}},
	HeldOut: {{"cmn+f2", 340, 55}, {"cmn+m4", 310, 45}},
}

// Announcements are what an operator would have labelled: each class as both
// carriers of a part say it, through a clean line.
func Announcements(which Part) ([]detect.Labelled, error) {
	var out []detect.Labelled
	for i, v := range announcers[which] {
		for _, class := range detect.Classes() {
			what, err := Say(v, said[class][i])
			if err != nil {
				return nil, err
			}
			s := &sound{}
			s.say(what, -8)
			samples, _ := Line{}.send(rand.New(rand.NewPCG(1, 1)), s.out)
			out = append(out, detect.Labelled{Class: class, Name: fmt.Sprintf("%s %d", class, i+1), Samples: samples})
		}
	}
	return out, nil
}

// Spoken makes call number i with an announcement in early media: one of a
// part's carriers, which repeats and begins anywhere, and each eighth one that
// nobody has labelled. With others set, another voice says the same words.
func Spoken(which Part, i int, others bool) (*Call, error) {
	c, err := newMaker(which, 1, i).spoken(which, i, others)
	if err != nil {
		return nil, err
	}
	c.Name = fmt.Sprintf("%s announcement %d", which, i)
	return c, nil
}

// unknown are announcements nobody labelled: they must not be taken for one
// that was.
var unknown = []string{"尊敬的客户您好，您的账户余额不足，请及时充值。", "欢迎致电客户服务中心，普通话请按一，英文请按二。", "您好，您拨打的分机号码有误，请重新输入。", "对不起，您的操作超时，谢谢您的来电，再见。"}

func (m *maker) spoken(which Part, i int, others bool) (*Call, error) {
	carrier := m.r.IntN(2)
	v := announcers[which][carrier]
	if others {
		v.Name, v.Speed, v.Pitch = pick(m.r, m.mandarin), v.Speed+m.r.IntN(60)-30, 30+m.r.IntN(40)
	}
	classes := detect.Classes()
	class := classes[i%len(classes)]
	c := &Call{Label: Label(detect.Spoken), Detail: string(class)}
	text := said[class][carrier]
	if i%8 == 7 {
		c.Detail, text = "", pick(m.r, unknown)
	}
	what, err := Say(v, text)
	if err != nil {
		return nil, err
	}
	s, level := &sound{r: m.r}, m.between(-16, -4)
	skip := 0
	if m.r.IntN(2) == 0 { // early media that begins in the middle of it
		skip = m.r.IntN(len(what) / 2)
	}
	s.rest(m.between(0, 1))
	s.say(what[skip:], level)
	s.rest(m.between(0.6, 1.5))
	s.say(what, level)
	s.rest(0.5)
	return m.finish(c, s, level-peak), nil
}
