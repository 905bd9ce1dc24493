/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Reading frames. Every function checks the bounds it reads within, which is also what the verifier asks for, in the order
 * upstream checks them: the first thing wrong decides the verdict.
 */
#ifndef MIZAR_PARSE_H
#define MIZAR_PARSE_H

#include "verdict.h"
#include "wire.h"

/* The addresses a frame is hashed, looked up and learned by, and the TTL it lends to the outer header. */
struct flow {
	__be32 src;
	__be32 dst;
	__u8 ttl;
};

/*
 * ARP behind an Ethernet header, §3.8 row 1: 8 bytes, hardware and protocol, opcode, 28 bytes. The two length bytes are
 * ignored.
 */
static __always_inline answer_t read_arp(void *at, void *end, struct arp **found)
{
	struct arp *arp = at;

	if (at + ARP_FIXED_BYTES > end)
		return aborted(REASON_SHORT_ARP);
	if (arp->hardware_be != ARP_HARDWARE_ETHERNET_BE || arp->protocol_be != ETHER_TYPE_IPV4_BE)
		return drop(REASON_ARP_REFUSED);
	if (arp->opcode_be != ARP_REQUEST_BE && arp->opcode_be != ARP_REPLY_BE)
		return drop(REASON_ARP_REFUSED);
	if (at + sizeof(*arp) > end)
		return aborted(REASON_SHORT_ARP);
	*found = arp;
	return CONTINUE;
}

/*
 * The endpoint's IPv4 header. Header length and fragment offset are not consulted; of TCP and UDP a whole fixed header
 * must follow at 20 bytes, whatever lies there (§3.2 row 4).
 */
static __always_inline answer_t read_inner_ipv4(void *at, void *end, struct flow *flow)
{
	struct ipv4 *ip = at;

	if (at + sizeof(*ip) > end)
		return aborted(REASON_SHORT_INNER_IPV4);
	if (ip->protocol == IP_PROTOCOL_TCP && at + sizeof(*ip) + TCP_BYTES > end)
		return aborted(REASON_SHORT_INNER_TRANSPORT);
	if (ip->protocol == IP_PROTOCOL_UDP && at + sizeof(*ip) + UDP_BYTES > end)
		return aborted(REASON_SHORT_INNER_TRANSPORT);
	flow->src = ip->src;
	flow->dst = ip->dst;
	flow->ttl = ip->ttl;
	return CONTINUE;
}

/* The ladder in front of the overlay, §3.5 rows 2 to 9: whatever is not ours goes to the host's stack. */
static __always_inline answer_t read_underlay(struct outer *outer, void *end, __be32 own_ip)
{
	if ((void *)&outer->ip > end)
		return aborted(REASON_SHORT_ETHERNET);
	if (outer->eth.type_be != ETHER_TYPE_IPV4_BE)
		return pass(REASON_NOT_IPV4);
	if ((void *)&outer->udp > end)
		return aborted(REASON_SHORT_IPV4);
	if (outer->ip.protocol != IP_PROTOCOL_UDP)
		return pass(REASON_NOT_UDP);
	if (outer->ip.ttl == 0)
		return drop(REASON_TTL_ZERO);
	if (outer->ip.dst != own_ip) /* upstream: before the port is known, so all UDP to another address is lost */
		return drop(REASON_NOT_OUR_ADDRESS);
	if ((void *)&outer->geneve > end)
		return aborted(REASON_SHORT_UDP);
	if (outer->udp.dst_port_be != GENEVE_PORT_BE)
		return pass(REASON_NOT_GENEVE);
	return CONTINUE;
}

/* Geneve and the two options whose class is compared, §3.5 rows 10 to 13. The options stand at fixed places. */
static __always_inline answer_t read_geneve(struct outer *outer, void *end)
{
	if ((void *)&outer->rts > end)
		return aborted(REASON_SHORT_GENEVE);
	if (outer->geneve.protocol_be != ETHER_TYPE_TEB_BE)
		return pass(REASON_NOT_ETHERNET_IN_GENEVE);
	if ((void *)&outer->scaled > end || outer->rts.head.class_be != OPTION_CLASS_BE)
		return aborted(REASON_BAD_RTS_OPTION);
	if ((void *)(outer + 1) > end || outer->scaled.head.class_be != OPTION_CLASS_BE)
		return aborted(REASON_BAD_SCALED_OPTION);
	return CONTINUE;
}

/* Bytes of the Geneve options, as the header says: 0 to 252. */
static __always_inline __u32 option_bytes(const struct outer *outer)
{
	return (outer->geneve.version_length & GENEVE_LENGTH_MASK) * 4;
}

#endif
