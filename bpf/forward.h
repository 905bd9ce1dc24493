/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Rewriting the outer Ethernet and IPv4 headers for the next hop, and out (spec §2.1, §2.2, §3.6). */
#ifndef MIZAR_FORWARD_H
#define MIZAR_FORWARD_H

#include "flags.h"
#include "overlay.h"
#include "planted.h"
#include "tables.h"
#include "verdict.h"
#include "wire.h"

/* The outer addresses become ours and the next hop's, the TTL one less; answers what is left of it. */
static __always_inline __u8 rewrite_outer_ip(struct ipv4 *ip, __be32 next)
{
	return readdress_ipv4(ip, load_dst(ip), next);
}

static __always_inline void rewrite_outer_macs(struct eth *eth, const __u8 *next)
{
	copy_mac(eth->src, eth->dst);
	copy_mac(eth->dst, next);
}

/* Sends the frame on to a host whose MAC must be known. Dropped frames have been changed as far as upstream changes them. */
static __always_inline answer_t forward(struct overlay *frame, const struct host *next, enum reason reason)
{
	struct outer *outer = frame->outer;
	__u8 ttl;

	unflag_direct(&outer->rts);
	ttl = rewrite_outer_ip(&outer->ip, next->ip);
	if (PLANTED_TTL_IS_OVER(ttl))
		return drop(REASON_TTL_EXPIRED);
	if (!next->present)
		return drop(REASON_NO_SUBSTRATE);
	rewrite_outer_macs(&outer->eth, next->mac);
	if (!on(SWITCH_ECN_IS_NO_PRIORITY) && outer->ip.tos & TOS_LOW_PRIORITY)
		return pass(REASON_LOW_PRIORITY);
	return redirect_nic(reason);
}

/* Sends the frame to a cached host. Upstream looks at the TTL before it takes one off, so a frame may leave with 0 (§3.6 router 3). */
static __always_inline answer_t forward_cached(struct overlay *frame, const struct cached_host *host)
{
	struct outer *outer = frame->outer;
	__u8 ttl;

	flag_direct(&outer->rts);
	ttl = rewrite_outer_ip(&outer->ip, host->ip);
	if (on(SWITCH_OUTER_TTL) && ttl == 0)
		return drop(REASON_TTL_EXPIRED);
	rewrite_outer_macs(&outer->eth, host->mac);
	return redirect_nic(REASON_DIRECT_PATH);
}

#endif
