package detect

import "strings"

// Class is what a spoken announcement means.
type Class string

const (
	Vacant      Class = "vacant"      // 空号: the number does not exist
	PowerOff    Class = "power_off"   // 关机
	Suspended   Class = "suspended"   // 停机: the line is cut off
	Unreachable Class = "unreachable" // 暂时无法接通, 不在服务区
	Talking     Class = "talking"     // 正在通话中
	Unanswered  Class = "unanswered"  // 无人接听
	Barred      Class = "barred"      // 呼叫限制: calls are not let through
	Overloaded  Class = "overloaded"  // 网络忙: the network has no room
	Voicemail   Class = "voicemail"   // 语音信箱, 留言: a machine takes a message
	Connecting  Class = "connecting"  // 正在为您转接: it goes on
)

// Classes are all of them, in the order people are told of them.
func Classes() []Class {
	return []Class{Vacant, PowerOff, Suspended, Unreachable, Talking, Unanswered, Barred, Overloaded, Voicemail, Connecting}
}

// ParseClass knows a class by its name.
func ParseClass(s string) (Class, bool) {
	for _, c := range Classes() {
		if string(c) == s {
			return c, true
		}
	}
	return "", false
}

// ClassNames are the names, with commas, for messages.
func ClassNames() string {
	var names []string
	for _, c := range Classes() {
		names = append(names, string(c))
	}
	return strings.Join(names, ", ")
}
