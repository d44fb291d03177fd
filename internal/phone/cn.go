package phone

// The numbering plan of mainland China, country code 86. National numbers have
// no trunk 0 here: 10 62345678 is Beijing, 138 0013 8000 a mobile.

// areasCN is the area codes of three digits; those of two are 10 and 20 to 29.
// Codes of places that merged into others are kept as long as records show
// them, except 852 and 853, which moved to 851 and would be taken for Hong Kong
// and Macao.
var areasCN = setOf("310 311 312 313 314 315 316 317 318 319 335 349 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 379 " + // Hebei, Shanxi, Henan
	"391 392 393 394 395 396 398 410 411 412 413 414 415 416 417 418 419 421 427 429 431 432 433 434 435 436 437 438 439 440 448 " + // Henan, Liaoning, Jilin
	"451 452 453 454 455 456 457 458 459 464 467 468 469 470 471 472 473 474 475 476 477 478 479 482 483 " + // Heilongjiang, Inner Mongolia
	"510 511 512 513 514 515 516 517 518 519 523 527 530 531 532 533 534 535 536 537 538 539 543 546 631 632 633 634 635 " + // Jiangsu, Shandong
	"550 551 552 553 554 555 556 557 558 559 561 562 563 564 565 566 570 571 572 573 574 575 576 577 578 579 580 " + // Anhui, Zhejiang
	"591 592 593 594 595 596 597 598 599 660 662 663 668 750 751 752 753 754 755 756 757 758 759 760 762 763 766 768 769 " + // Fujian, Guangdong
	"701 790 791 792 793 794 795 796 797 798 799 710 711 712 713 714 715 716 717 718 719 722 724 728 " + // Jiangxi, Hubei
	"730 731 732 733 734 735 736 737 738 739 743 744 745 746 770 771 772 773 774 775 776 777 778 779 " + // Hunan, Guangxi
	"812 813 816 817 818 825 826 827 830 831 832 833 834 835 836 837 838 839 851 854 855 856 857 858 859 " + // Sichuan, Guizhou
	"691 692 870 871 872 873 874 875 876 877 878 879 883 886 887 888 891 892 893 894 895 896 897 890 898 899 " + // Yunnan, Tibet, Hainan
	"910 911 912 913 914 915 916 917 919 930 931 932 933 934 935 936 937 938 939 941 943 951 952 953 954 955 " + // Shaanxi, Gansu, Ningxia
	"970 971 972 973 974 975 976 977 979 901 902 903 906 908 909 990 991 992 993 994 995 996 997 998 999") // Qinghai, Xinjiang

// areaCN is how many digits of a national number are its area code, 0 if it has none.
func areaCN(n Number) int {
	if two := n.first(2); two == 10 || two >= 20 && two <= 29 {
		return 2
	}
	if areasCN.has(n.first(3)) {
		return 3
	}
	return 0
}

func kindCN(n Number) Kind {
	l, two, three := n.Len(), n.first(2), n.first(3)
	switch {
	case two >= 13 && two <= 19 && l == 11:
		return Mobile
	case three == 400 && l == 10:
		return SharedCost
	case three == 800 && l == 10:
		return TollFree
	case two == 10 && l == 10:
		return subscriberCN(n.after(2))
	case n.first(1) == 1:
		return shortCN(n)
	case (two == 95 || two == 96) && l >= 5 && l <= 8, three == 950 && l <= 13 && l > 8:
		return Short // banks, call centres and other firms: 95588, 95013 and what follows it
	}
	if a := areaCN(n); a > 0 {
		return subscriberCN(n.after(a))
	}
	return Unknown
}

// shortCN is for national numbers that begin with 1: 110, 10086, 12345, 116114,
// and 12580xxx. Three digits are of 11x and 12x only, as extensions have three
// digits too.
func shortCN(n Number) Kind {
	l, two := n.Len(), n.first(2)
	if two == 11 || two == 12 {
		if l >= 3 && l <= 8 && l != 4 && l != 7 {
			return Short
		}
	}
	if two == 10 && (l == 5 || l == 7 && isServiceCN(n.after(2))) {
		return Short
	}
	return Unknown
}

// subscriberCN is the kind of what follows an area code.
func subscriberCN(n Number) Kind {
	switch l := n.Len(); {
	case (l == 7 || l == 8) && n.first(1) >= 2:
		return Landline
	case isServiceCN(n):
		return Short // the city's own 12345 or 95588, dialled from elsewhere
	}
	return Unknown
}

func isServiceCN(n Number) bool {
	two := n.first(2)
	return (n.Len() == 5 || n.Len() == 6) && (two == 12 || two == 95 || two == 96) || n.Len() == 3 && (two == 11 || two == 12)
}
