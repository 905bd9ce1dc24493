/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Class and priority of an endpoint, and the TOS they become (spec §2.2, §3.11); simulator/DataPlane/TrafficClass.cs says more. */
#ifndef MIZAR_CLASS_H
#define MIZAR_CLASS_H

#include <linux/types.h>

#include "switches.h"

#define TOS_ECN 0x03

static __always_inline int is_expedited(__u8 tos)
{
	tos &= ~TOS_ECN;
	return tos == 0xb8 || tos == 0x80 || tos == 0x60;
}

#endif
