#include "textflag.h"

// func plainVector(b *byte, n int) bool
TEXT ·plainVector(SB), NOSPLIT, $0-17
	MOVQ  b+0(FP), SI
	MOVQ  n+8(FP), DX
	XORL  AX, AX
	VPXOR Y4, Y4, Y4       // bytes seen: the high bit is set of those beyond ASCII
	VPCMPEQB Y5, Y5, Y5    // the least of all bytes
	VPXOR Y6, Y6, Y6

next:
	VMOVDQU (SI)(AX*1), Y0
	VMOVDQU 32(SI)(AX*1), Y1
	VPOR    Y0, Y1, Y2
	VPMINUB Y0, Y1, Y3
	VPOR    Y2, Y4, Y4
	VPMINUB Y3, Y5, Y5
	ADDQ    $64, AX
	CMPQ    AX, DX
	JB      next

	VPMOVMSKB Y4, BX
	VPCMPEQB  Y5, Y6, Y5
	VPMOVMSKB Y5, CX
	ORL       CX, BX
	SETEQ     ret+16(FP)
	VZEROUPPER
	RET
