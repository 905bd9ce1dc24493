/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The client host's part of a scaled endpoint (spec §3.9.3 to §3.9.5): two caches, written when the endpoint's bouncer says how a flow is
 * to be modified. The agent makes the service's address the backend's on the way out, transit makes it the service's again on
 * the way in. Which entries live how long is in nat_life.h.
 */
#ifndef MIZAR_NAT_H
#define MIZAR_NAT_H

#include "as_sent.h"
#include "nat_life.h"
#include "nat_tables.h"
#include "parse.h"
#include "switches.h"
#include "wire.h"

/* SCTP has ports too, but its checksum is over all of the packet: NAT leaves them alone. */
static __always_inline int nat_has_ports(const struct flow *flow)
{
	return flow->ports == PORTS_READ && (flow->protocol == IP_PROTOCOL_TCP || flow->protocol == IP_PROTOCOL_UDP);
}

/* All ones when two words differ. No branch: four of them would be sixteen paths for the verifier. */
static __always_inline __u64 differ(__u64 old, __u64 new)
{
	__u64 bits = old ^ new;

	return (__s64)(bits | -bits) >> 63;
}

/* One field's share in an updated checksum (RFC 1624); none when it stays, for then 0xffff stays too (§2.6). */
static __always_inline __u64 change16(__be16 old, __be16 new)
{
	return ((__u64)(__u16)~old + new) & differ(old, new);
}

static __always_inline __u64 change32(__be32 old, __be32 new)
{
	return ((__u64)(__u32)~old + new) & differ(old, new);
}

/*
 * Upstream takes a UDP checksum of 0 for a sum, and leaves one that becomes 0 (§8.1 P10). With SWITCH_CHECKSUMS 0 stays
 * "none", and 0xffff is written for a sum of 0.
 */
static __always_inline void nat_rewrite_transport(void *transport, void *end, const struct flow *old, const struct flow *new)
{
	int careful = on(SWITCH_CHECKSUMS) && old->protocol == IP_PROTOCOL_UDP;
	__sum16 *checksum;

	if (transport + UDP_BYTES > end)
		return;
	*(__be16 *)transport = new->src_port_be;
	*(__be16 *)(transport + 2) = new->dst_port_be;
	if (old->protocol == IP_PROTOCOL_TCP) {
		if (transport + TCP_BYTES > end)
			return;
		checksum = transport + TCP_CHECKSUM_AT;
	} else {
		checksum = transport + UDP_CHECKSUM_AT;
	}
	if (careful && *checksum == 0)
		return;
	*checksum = ~fold_sum((__u16)~*checksum + change16(old->dst_port_be, new->dst_port_be) + change16(old->src_port_be, new->src_port_be) +
			      change32(old->src, new->src) + change32(old->dst, new->dst));
	if (careful && *checksum == 0)
		*checksum = 0xffff;
}

/*
 * Writes what the packet becomes, and makes the flow that. The header's checksum is taken over 20 bytes, whatever its length,
 * which SWITCH_REAL_HEADER_LENGTH makes an update too.
 */
static __always_inline void nat_rewrite(struct ipv4 *ip, void *end, struct flow *flow, const struct nat_value *to, int ports)
{
	struct flow new = *flow;

	new.src = to->src;
	new.dst = to->dst;
	if (nat_has_ports(flow)) {
		if (ports) {
			new.src_port_be = to->src_port_be;
			new.dst_port_be = to->dst_port_be;
		}
		nat_rewrite_transport((void *)ip + flow->transport_at, end, flow, &new);
	}
	ip->src = new.src;
	ip->dst = new.dst;
	if (!on(SWITCH_REAL_HEADER_LENGTH))
		checksum_ipv4(ip);
	else if (flow->src != new.src || flow->dst != new.dst)
		ip->checksum = ~fold_sum((__u16)~ip->checksum + change32(flow->src, new.src) + change32(flow->dst, new.dst));
	*flow = new;
}

/* Forward NAT at the agent, of TCP and UDP alone (§3.2 row 5d), under the destination MAC the client used for the service. 0 when there is no entry. */
static __always_inline int nat_forward(__u64 vni, struct eth *eth, void *end, struct flow *flow)
{
	struct nat_value to;

	if (!nat_has_ports(flow) || !nat_use(NAT_FORWARD, vni, flow, &to))
		return 0;
	if ((void *)(eth + 1) + sizeof(struct ipv4) > end)
		return 0;
	keep_as_sent(eth, end, flow);
	copy_mac(eth->dst, to.dst_mac);
	nat_rewrite((struct ipv4 *)(eth + 1), end, flow, &to, 1);
	return 1;
}

/* Reverse NAT at transit (§3.6 row 4), of any protocol: the reply is the service's again, source MAC and all. */
static __always_inline void nat_reverse(__u64 vni, struct eth *eth, void *end, struct flow *flow)
{
	struct nat_value to;

	if (!nat_use(NAT_REVERSE, vni, flow, &to))
		return;
	if ((void *)(eth + 1) + sizeof(struct ipv4) > end)
		return;
	keep_as_sent(eth, end, flow);
	copy_mac(eth->src, to.src_mac);
	nat_rewrite((struct ipv4 *)(eth + 1), end, flow, &to, 1);
}

/* Keeps how a client's flow to a service is modified, and how its replies are made the service's again. */
static __always_inline void nat_keep(__u64 vni, const struct eth *eth, const struct flow *flow, const struct nat_value *to)
{
	struct nat_value service;
	struct nat_key key;

	nat_key_of(&key, NAT_FORWARD, vni, flow);
	set_nat_value(&service, addresses_word(flow->dst, flow->src), ports_word(flow->dst_port_be, flow->src_port_be, 0), eth->dst, eth->src);
	nat_keep_both(&key, flow, to, &service);
}

#endif
