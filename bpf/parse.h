/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Reading frames. Every function checks the bounds it reads within, which is also what the verifier asks for, in the order
 * upstream checks them: the first thing wrong decides the verdict.
 */
#ifndef MIZAR_PARSE_H
#define MIZAR_PARSE_H

#include "switches.h"
#include "verdict.h"
#include "wire.h"

/* Of struct flow's fragment. */
#define FRAGMENT_MORE 1
#define FRAGMENT_LATER 2 /* the offset is not 0 */
#define FRAGMENT_DONT 4

/* Of struct flow's ports. */
enum ports {
	PORTS_NONE = 0, /* a protocol without, or ARP */
	PORTS_READ = 1,
	PORTS_LACKING = 2, /* a later fragment of a protocol with ports; only with SWITCH_FRAGMENTS */
};

/*
 * A frame as policy, NAT, hashing and encapsulation go by it. The ports are 0 unless PORTS_READ; transport_at is where they were
 * read, in bytes from the IPv4 header on. Of ARP only the addresses and the TTL it lends to the outer header are set.
 */
struct flow {
	__be32 src;
	__be32 dst;
	__be16 src_port_be;
	__be16 dst_port_be;
	__u8 protocol;
	__u8 ttl;
	__u8 tos;
	__u8 fragment;
	__u8 ports;
	__u8 transport_at;
	__u8 tcp_flags;
	__u8 arp; /* no packet at all: ARP's addresses, to send it by */
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

/* Bytes of the fixed header of a protocol whose ports count; 0 for the others. */
static __always_inline __u32 transport_bytes(__u8 protocol)
{
	if (protocol == IP_PROTOCOL_TCP)
		return TCP_BYTES;
	if (protocol == IP_PROTOCOL_UDP)
		return UDP_BYTES;
	return on(SWITCH_SCTP_PORTS) && protocol == IP_PROTOCOL_SCTP ? SCTP_BYTES : 0;
}

static __always_inline __u8 read_fragment(const struct ipv4 *ip)
{
	__be16 field = ip->fragment_be;

	return (field & IP_MORE_FRAGMENTS_BE ? FRAGMENT_MORE : 0) | (field & IP_FRAGMENT_OFFSET_BE ? FRAGMENT_LATER : 0) |
	       (field & IP_DONT_FRAGMENT_BE ? FRAGMENT_DONT : 0);
}

/* A header that says less than its 20 bytes is taken for 20. */
static __always_inline __u32 header_bytes(const struct ipv4 *ip)
{
	__u32 bytes = (ip->version_ihl & IP_IHL_MASK) * 4;

	return on(SWITCH_REAL_HEADER_LENGTH) && bytes > sizeof(*ip) ? bytes : sizeof(*ip);
}

/* The ports, where they are looked for: at 20 bytes and in every fragment, unless switched otherwise (§3.2 row 4, §8.1 P8). */
static __always_inline answer_t read_ports(void *at, void *end, struct flow *flow)
{
	__u32 bytes = transport_bytes(flow->protocol);
	void *transport = at + flow->transport_at;

	if (bytes == 0)
		return CONTINUE;
	if (on(SWITCH_FRAGMENTS) && flow->fragment & FRAGMENT_LATER) {
		flow->ports = PORTS_LACKING;
		return CONTINUE;
	}
	if (transport + UDP_BYTES > end || transport + bytes > end)
		return aborted(REASON_SHORT_INNER_TRANSPORT);
	flow->src_port_be = *(__be16 *)transport;
	flow->dst_port_be = *(__be16 *)(transport + 2);
	flow->ports = PORTS_READ;
	if (flow->protocol == IP_PROTOCOL_TCP && transport + TCP_BYTES <= end)
		flow->tcp_flags = *(__u8 *)(transport + TCP_FLAGS_AT);
	return CONTINUE;
}

/* The endpoint's IPv4 header, and the ports behind it. The flow comes zeroed. */
static __always_inline answer_t read_inner_ipv4(void *at, void *end, struct flow *flow)
{
	struct ipv4 *ip = at;

	if (at + sizeof(*ip) > end)
		return aborted(REASON_SHORT_INNER_IPV4);
	flow->src = ip->src;
	flow->dst = ip->dst;
	flow->protocol = ip->protocol;
	flow->ttl = ip->ttl;
	flow->tos = ip->tos;
	flow->fragment = read_fragment(ip);
	flow->transport_at = header_bytes(ip);
	return read_ports(at, end, flow);
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
