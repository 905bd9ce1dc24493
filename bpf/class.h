/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Class and priority of an endpoint, and the TOS they become (spec §2.2, §3.11); simulator/DataPlane/TrafficClass.cs says more. */
#ifndef MIZAR_CLASS_H
#define MIZAR_CLASS_H

#include <linux/types.h>

#include "switches.h"

#define CLASS_PREMIUM 0x1000000
#define CLASS_EXPEDITED 0x100000
#define CLASS_BEST_EFFORT 0x10000
#define PRIORITY_HIGH 0x100
#define PRIORITY_MEDIUM 0x10
#define PRIORITY_LOW 0x1

#define TOS_PREMIUM 0x28 /* DSCP 10, the default class */
#define TOS_ECN 0x03

static __always_inline __u8 tos_of(__u32 class_and_priority)
{
	switch (class_and_priority) {
	case CLASS_PREMIUM | PRIORITY_MEDIUM:
		return 0x50;
	case CLASS_PREMIUM | PRIORITY_LOW:
		return 0x78;
	case CLASS_EXPEDITED | PRIORITY_HIGH:
		return 0xb8;
	case CLASS_EXPEDITED | PRIORITY_MEDIUM:
		return 0x80;
	case CLASS_EXPEDITED | PRIORITY_LOW:
		return 0x60;
	case CLASS_BEST_EFFORT | PRIORITY_HIGH:
		return 0x40;
	case CLASS_BEST_EFFORT | PRIORITY_MEDIUM: /* upstream has the DSCP and no arm for it (§8.1 P22) */
		return on(SWITCH_BEST_EFFORT_MEDIUM) ? 0 : TOS_PREMIUM;
	case CLASS_BEST_EFFORT | PRIORITY_LOW:
		return 0x20;
	default:
		return TOS_PREMIUM;
	}
}

static __always_inline int is_premium(__u8 tos)
{
	tos &= ~TOS_ECN;
	return tos == 0x28 || tos == 0x50 || tos == 0x78;
}

static __always_inline int is_expedited(__u8 tos)
{
	tos &= ~TOS_ECN;
	return tos == 0xb8 || tos == 0x80 || tos == 0x60;
}

#endif
