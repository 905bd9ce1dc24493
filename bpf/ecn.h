/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Congestion marks of the underlay reach the packet when it leaves the tunnel (RFC 6040 §4.2; SWITCH_CARRY_ECN_DF, spec §8.1 P18). */
#ifndef MIZAR_ECN_H
#define MIZAR_ECN_H

#include "checksum.h"
#include "class.h"
#include "verdict.h"
#include "wire.h"

#define ECT_1 1
#define ECT_0 2
#define ECN_CE 3

static __always_inline void write_ecn(struct ipv4 *ip, __u8 ecn)
{
	__u16 before = *(__u16 *)ip;

	ip->tos = (ip->tos & ~TOS_ECN) | ecn;
	ip->checksum = checksum_replace16(ip->checksum, before, *(__u16 *)ip);
}

/* `inner` is whole; anything but IPv4 has no such field. Where the packet cannot carry a mark it is lost, as in a queue. */
static __always_inline answer_t join_ecn(__u8 outer_tos, struct eth *inner, void *end)
{
	struct ipv4 *ip = (void *)(inner + 1);
	__u8 outer = outer_tos & TOS_ECN, own;

	if (outer != ECN_CE && outer != ECT_1)
		return CONTINUE; /* what most frames have changes nothing */
	if (inner->type_be != ETHER_TYPE_IPV4_BE || (void *)(ip + 1) > end)
		return CONTINUE;
	own = ip->tos & TOS_ECN;
	if (outer == ECN_CE && own == 0)
		return drop(REASON_CONGESTION_LOST);
	if (outer == ECN_CE && own != ECN_CE)
		write_ecn(ip, ECN_CE);
	else if (outer == ECT_1 && own == ECT_0)
		write_ecn(ip, ECT_1);
	return CONTINUE;
}

#endif
