package corpus

import "waihu/internal/voice/detect"

// part is what one part of the corpus is made of. Nothing of one is in the other.
type part struct {
	seed     uint64
	mandarin []string // voices
	english  []string
	short    [2][]string // what persons say: a word or two; Mandarin, English
	name     [2][]string // a short sentence
	office   [2][]string // a long one, as at a reception
	again    [2][]string // when nobody answers
	personal [2][]string // greetings of machines
	brief    [2][]string // those of a second or two, always with a beep
	carrier  [2][]string // voice mail and assistants without a beep
}

var train = part{
	seed:     1,
	mandarin: []string{"cmn+m1", "cmn+m3", "cmn+m5", "cmn+f1", "cmn+f3", "cmn+steph"},
	english:  []string{"en-us+m1", "en-gb+m3", "en-us+f1", "en-gb+f3"},
	short:    [2][]string{{"喂", "喂，你好", "你好", "哪位", "诶，你好"}, {"Hello", "Yes", "Hello, who is it", "Good morning"}},
	name:     [2][]string{{"喂，你好，请问是哪位", "你好，我是王明", "喂，您找谁"}, {"Hello, this is Peter speaking", "Yes, Miller here"}},
	office:   [2][]string{{"您好，这里是长江商贸，请问有什么可以帮您"}, {"Good afternoon, Riverside Dental, this is Anna, how can I help you"}},
	again:    [2][]string{{"喂", "喂，听得到吗", "说话呀"}, {"Hello", "Hello, can you hear me", "Anybody there"}},
	personal: [2][]string{
		{"您好，我现在不方便接听电话，请在提示音之后留下您的姓名和电话，我会尽快给您回电。", "你好，我是李华，我暂时不在办公室，有事请留言，谢谢。", "您所拨打的用户暂时不能接听您的电话，请在嘀声后留言，留言完毕后请挂机。"},
		{"Hi, you have reached the Johnsons. We can't come to the phone right now. Please leave a message after the tone and we will call you back.", "This is Mark. I am away from my desk, leave your name and number after the beep."}},
	brief:   [2][]string{{"请留言。"}, {"Leave a message."}},
	carrier: [2][]string{{"您好，机主正在忙，我是他的智能助理，请问您找他有什么事情，我会帮您转告给机主，请讲。"}, {"The person you are calling is not available. You are being transferred to an automated voice messaging system. Please hold the line while we transfer your call."}},
}

var heldOut = part{
	seed:     2,
	mandarin: []string{"cmn+m2", "cmn+m4", "cmn+m7", "cmn+f2", "cmn+f4", "cmn+f5", "cmn+linda", "cmn+max"},
	english:  []string{"en-us+m2", "en-gb+m4", "en-us+m7", "en-gb-scotland+f2", "en-us+f4", "en-029+f5", "en-us-nyc+linda"},
	short:    [2][]string{{"喂，您好", "喂，谁呀", "您好", "在的", "嗯，你说", "喂，哪位啊"}, {"Hi", "Hello there", "Hi, who's calling", "Speaking", "Yeah, hello"}},
	name:     [2][]string{{"你好，我是张伟，您说", "喂，您好，有什么事吗", "喂，不好意思，你哪里"}, {"Hi, this is Susan", "Good evening, Taylor residence", "Hello, yes, who am I speaking to"}},
	office:   [2][]string{{"您好，欢迎致电东方物业，我是客服小刘，请讲", "您好，和平医院总机，请问您要转哪个科室"}, {"Thank you for calling Northgate Motors, you are speaking with James, what can I do for you"}},
	again:    [2][]string{{"喂，喂", "你好，请讲", "听不见吗，喂"}, {"Hello, hello", "Is anyone there", "Hi, I can't hear you"}},
	personal: [2][]string{
		{"这里是陈先生的电话答录机，我现在外出，请您在听到嘟的一声之后留言，我回来后会马上与您联系。", "对不起，您呼叫的号码无人接听，现在为您转入语音信箱，请在哔声后开始录音。", "您好，我们现在已经下班，工作时间是上午九点到下午六点，请留下口信。"},
		{"Hello, this is the voicemail of Linda Carter. I'm either on another call or out of the office. Please leave a detailed message and I will get back to you as soon as possible.", "You've reached our answering machine. Nobody is home at the moment. Please speak after the signal.", "Sorry I missed your call. Please record your message now, and press pound when you are done."}},
	brief:   [2][]string{{"有事请留言。", "现在请录音。"}, {"Please speak after the tone.", "Not home, leave a message."}},
	carrier: [2][]string{{"您拨打的电话已启用通信助理服务，请简要说明您的来意，我会把内容以短信形式发送给机主，您可以开始说了。", "您好，这里是来电秘书，主人现在无法接听电话，如果有急事请稍后再打，或者直接告诉我，我来记录。"}, {"Your call has been forwarded to an automatic voice message system. The subscriber is not available. At the tone, please record your message. When you have finished recording you may hang up."}},
}

// said are what carriers say in early media, class by class; two carriers.
var said = map[detect.Class][2]string{
	detect.Vacant:      {"您好，您拨打的电话号码是空号，请核对后再拨。", "对不起，您拨叫的号码不存在，请查证后再拨。"},
	detect.PowerOff:    {"您好，您拨打的电话已关机，请稍后再拨。", "对不起，您拨叫的用户已经关机。"},
	detect.Suspended:   {"您好，您拨打的电话已停机，请稍后再拨。", "对不起，您拨叫的用户已经停机。"},
	detect.Unreachable: {"您好，您拨打的电话暂时无法接通，请稍后再拨。", "对不起，您拨叫的用户不在服务区，请稍后再拨。"},
	detect.Talking:     {"您好，您拨打的电话正在通话中，请稍后再拨。", "对不起，您拨叫的用户正忙，请稍后再拨。"},
	detect.Unanswered:  {"您好，您拨打的电话暂时无人接听，请稍后再拨。", "对不起，您拨叫的用户没有应答。"},
	detect.Barred:      {"您好，您拨打的电话已设置呼入限制，请稍后再拨。", "对不起，您的呼叫已被对方限制。"},
	detect.Overloaded:  {"您好，现在网络繁忙，请稍后再拨。", "对不起，线路正忙，请过一会儿再打。"},
	detect.Voicemail:   {"您好，您拨打的电话无人接听，请在提示音后留言。", "对不起，用户暂时不便接听，请听到嘟声后录音。"},
	detect.Connecting:  {"您好，正在为您转接，请不要挂机。", "对不起，请稍等，电话正在接通中。"},
}
