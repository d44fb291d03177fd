#include "textflag.h"

// What is found is told in cut.go, why in this way in
// docs/adr/0006-finding-columns.md. A step takes 64 bytes and makes masks of
// them, a bit for each byte, the first the lowest.
//
//	AX  bytes done       R8  all ones: the step begins within quotes
//	BX  quotes           R9  1: the byte before it closed quotes
//	R14 commas           R10 1: the byte before it was a comma
//	R15 control bytes    R11 any bit: something is out of place
//	                     R12 columns without quotes, R13 commas so far
DATA cutBytes<>+0(SB)/1, $'"'
DATA cutBytes<>+1(SB)/1, $','
DATA cutBytes<>+2(SB)/1, $0x1f
GLOBL cutBytes<>(SB), RODATA|NOPTR, $3

// GATHER makes one mask of Y2 and Y3.
#define GATHER(to) \
	VPMOVMSKB Y2, to; \
	VPMOVMSKB Y3, CX; \
	SHLQ      $32, CX; \
	ORQ       CX, to

// PUT notes where the first comma of R14 stands, and takes it away.
#define PUT(at) \
	TZCNTQ R14, CX; \
	ADDL   AX, CX; \
	MOVL   CX, at(DI); \
	BLSRQ  R14, R14

// func cutVector(b *byte, n int, c *plainCut) (end int)
TEXT ·cutVector(SB), NOSPLIT, $16-32
	VPBROADCASTB cutBytes<>+0(SB), Y4
	VPBROADCASTB cutBytes<>+1(SB), Y5
	VPBROADCASTB cutBytes<>+2(SB), Y6
	VPCMPEQB     Y7, Y7, Y7
	MOVQ         b+0(FP), SI
	XORL         AX, AX
	XORL         R8, R8
	XORL         R9, R9
	MOVL         $1, R10
	XORL         R11, R11
	XORL         R12, R12
	XORL         R13, R13
	MOVQ         $0x7fffffff, CX
	MOVQ         CX, first-8(SP)
	MOVQ         $0, last-16(SP)

step:
	CMPQ     AX, n+8(FP)
	JAE      none
	VMOVDQU  (SI)(AX*1), Y0
	VMOVDQU  32(SI)(AX*1), Y1
	VPCMPEQB Y0, Y4, Y2
	VPCMPEQB Y1, Y4, Y3
	GATHER(BX)
	VPCMPEQB Y0, Y5, Y2
	VPCMPEQB Y1, Y5, Y3
	GATHER(R14)
	VPMINUB  Y0, Y6, Y2
	VPMINUB  Y1, Y6, Y3
	VPCMPEQB Y0, Y2, Y2
	VPCMPEQB Y1, Y3, Y3
	GATHER(R15)
	TESTQ    R15, R15
	JNZ      ending

columns:
	// A byte is within quotes if the quotes up to it are odd in number: that is
	// the product with all ones, without carries.
	VMOVQ      BX, X0
	VPCLMULQDQ $0, X7, X0, X0
	VMOVQ      X0, CX
	XORQ       R8, CX
	MOVQ       CX, R8
	SARQ       $63, R8
	ANDNQ      R14, CX, R14 // commas between columns
	ANDNQ      BX, CX, DI   // quotes that close
	ANDQ       BX, CX       // quotes that open

	// Where a quote closes and neither comma nor end follows, one must open that
	// begins no column, and the other way round: they are a doubled quote.
	LEAQ  (R9)(DI*2), DX
	MOVQ  DI, R9
	SHRQ  $63, R9
	MOVQ  R14, DI
	ORQ   R15, DI
	ANDNQ DX, DI, DX       // closed, and the column goes on
	LEAQ  (R10)(R14*2), DI // beginnings of columns
	MOVQ  R14, R10
	SHRQ  $63, R10
	ANDNQ CX, DI, CX       // opened within a column
	XORQ  DX, CX
	ORQ   CX, R11
	ANDNQ DI, BX, BX       // columns that begin with no quote
	POPCNTQ BX, BX
	ADDQ  BX, R12
	TESTQ DX, DX
	JNZ   doubled

commas:
	POPCNTQ R14, BX
	MOVQ    c+16(FP), DI
	LEAQ    (DI)(R13*4), DI
	ADDQ    BX, R13

put:
	// Four at once, whether there are so many or not: a branch for each would
	// cost more.
	PUT(0)
	PUT(4)
	PUT(8)
	PUT(12)
	ADDQ  $16, DI
	TESTQ R14, R14
	JNZ   put

	ADDQ  $64, AX
	CMPQ  R13, $17
	JA    none
	TESTQ R15, R15
	JZ    step

	TZCNTQ R15, BX
	LEAQ   -64(AX)(BX*1), AX
	CMPQ   AX, n+8(FP)
	JAE    none
	CMPB   (SI)(AX*1), $'\n'
	JNE    none
	SUBQ   $17, R13
	SUBQ   $2, R12
	ORQ    R8, R11 // within quotes
	ORQ    R13, R11
	ORQ    R12, R11
	JNZ    none
	MOVQ   c+16(FP), DI
	MOVL   12(DI), BX
	MOVL   16(DI), CX
	CMPQ   BX, first-8(SP)
	JGE    none
	CMPQ   last-16(SP), CX
	JGE    none
	VZEROUPPER
	MOVQ   AX, end+24(FP)
	RET

ending:
	// The row ends at the first control byte.
	BLSMSKQ R15, CX
	ANDQ    CX, BX
	ANDQ    CX, R14
	BLSIQ   R15, R15
	JMP     columns

doubled:
	TZCNTQ DX, CX
	ADDQ   AX, CX
	CMPQ   CX, first-8(SP)
	JGE    further
	MOVQ   CX, first-8(SP)

further:
	BSRQ DX, CX
	ADDQ AX, CX
	MOVQ CX, last-16(SP)
	JMP  commas

none:
	VZEROUPPER
	MOVQ $0, end+24(FP)
	RET
