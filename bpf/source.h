/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Whether a frame is from, and for, whom an endpoint may send as and to. Upstream looks at neither: an endpoint may send as any other, past
 * the policy that is keyed by its address (spec §8.1 P1), and what it broadcasts goes round until its TTL ends (P3).
 */
#ifndef MIZAR_SOURCE_H
#define MIZAR_SOURCE_H

#include "agents.h"
#include "tables.h"
#include "wire.h"

static __always_inline int is_own(const struct agent *agent, const struct eth *eth, __be32 source)
{
	return same_mac(eth->src, agent->endpoint_mac) && source == agent->endpoint_ip;
}

/* A probe's sender is 0.0.0.0 (RFC 5227). */
static __always_inline int is_own_arp(const struct agent *agent, const struct eth *eth, const struct arp *arp)
{
	__be32 sender = load32(arp->sender_ip);

	return same_mac(eth->src, agent->endpoint_mac) && same_mac(arp->sender_mac, agent->endpoint_mac) &&
	       (sender == agent->endpoint_ip || sender == 0);
}

#endif
