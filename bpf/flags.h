/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a frame has been through: the byte of the RTS option behind its header, of which upstream uses nothing (spec §2.5). A bit is
 * written only under a switch that reads it; simulator/DataPlane/RtsFlags.cs. Each is a store of its own behind its switch, so that what is
 * off leaves no instruction.
 */
#ifndef MIZAR_FLAGS_H
#define MIZAR_FLAGS_H

#include "switches.h"
#include "wire.h"

#define RTS_DIRECT 0x01 /* sent by direct path; any other rewrite takes it off */
#define RTS_ROUTED 0x02 /* changed network, and paid for it with one of its inner TTL */
#define RTS_DIVIDED 0x04 /* a divider has sent it on */
#define RTS_SUBSTITUTED 0x08 /* the option names the divider in the sender's stead */

static __always_inline void flag_direct(struct rts_option *rts)
{
	if (on(SWITCH_DIRECT_PATH_INVALIDATION))
		rts->flags |= RTS_DIRECT;
}

static __always_inline void unflag_direct(struct rts_option *rts)
{
	if (on(SWITCH_DIRECT_PATH_INVALIDATION))
		rts->flags &= ~RTS_DIRECT;
}

static __always_inline void flag_divided(struct rts_option *rts)
{
	if (on(SWITCH_LOOP_GUARD))
		rts->flags |= RTS_DIVIDED;
}

static __always_inline void flag_substituted(struct rts_option *rts)
{
	if (on(SWITCH_INNER_TTL | SWITCH_DIRECT_ACROSS_NETWORKS))
		rts->flags |= RTS_SUBSTITUTED;
}

/* Takes away all flags that some switch uses. */
static __always_inline void clear_flags(struct rts_option *rts)
{
	unflag_direct(rts);
	if (on(SWITCH_LOOP_GUARD))
		rts->flags &= ~RTS_DIVIDED;
	if (on(SWITCH_INNER_TTL))
		rts->flags &= ~RTS_ROUTED;
	if (on(SWITCH_INNER_TTL | SWITCH_DIRECT_ACROSS_NETWORKS))
		rts->flags &= ~RTS_SUBSTITUTED;
}

#endif
