/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The endpoints' TTL, which upstream never touches (spec §8.1 P17). With SWITCH_INNER_TTL it falls by one exactly where a packet changes network: at the
 * divider; at a bouncer or host that knows the destination, when the packet is addressed to another MAC than the destination's, the
 * gateway's; at the agent on a direct path.
 */
#ifndef MIZAR_INNER_TTL_H
#define MIZAR_INNER_TTL_H

#include "wire.h"

/* By the difference (RFC 1624): a header that was wrong stays wrong. */
static __always_inline void set_inner_ttl(struct ipv4 *ip, __u8 ttl)
{
	__u32 *word = (__u32 *)ip + IPV4_WORD_TTL, before = *word, after = (before & IPV4_PROTOCOL_MASK) | ttl;
	__u32 sum = (__u16)~(before >> IPV4_CHECKSUM_SHIFT) + (__u32)(__u16)~before + after;

	*word = after | (__u32)checksum_of(sum) << IPV4_CHECKSUM_SHIFT;
}

#endif
