/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Reading frames. Every function checks the bounds it reads within, which is also what the verifier asks for, in the order
 * upstream checks them: the first thing wrong decides the verdict.
 */
#ifndef MIZAR_PARSE_H
#define MIZAR_PARSE_H

#include "flow.h"
#include "overlay.h"
#include "plain.h"
#include "planted.h"
#include "strict.h"
#include "switches.h"
#include "verdict.h"
#include "wire.h"

/*
 * ARP behind an Ethernet header, §3.8 row 1: 8 bytes, hardware and protocol, opcode, 28 bytes. The two length bytes are
 * ignored without SWITCH_STRICT_PARSING. `bytes` are there by the frame's own account.
 */
static __always_inline answer_t read_arp(void *at, void *end, __u32 bytes, struct arp **found)
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
	if (on(SWITCH_STRICT_PARSING) && !are_arp_lengths_sound(arp, bytes))
		return drop(REASON_ARP_REFUSED);
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

/* Without a branch, which would have the verifier follow eight ways on from here. */
static __always_inline __u8 read_fragment(const struct ipv4 *ip)
{
	__u32 field = bpf_ntohs(ip->fragment_be), offset = field & 0x1fff;

	return (field >> 13 & FRAGMENT_MORE) | (field >> 12 & FRAGMENT_DONT) | ((offset + 0x1fff) >> 12 & FRAGMENT_LATER);
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
	flow->src_port_be = *(__be16 *)(transport + PLANTED_PORT_AT(0));
	flow->dst_port_be = *(__be16 *)(transport + PLANTED_PORT_AT(2));
	flow->ports = PORTS_READ;
	if (flow->protocol == IP_PROTOCOL_TCP && transport + TCP_BYTES <= end)
		flow->tcp_flags = *(__u8 *)(transport + TCP_FLAGS_AT);
	return CONTINUE;
}

/* What the header says, and the ports behind it; the header is there. The flow comes zeroed. */
static __always_inline answer_t read_flow(struct ipv4 *ip, void *end, struct flow *flow)
{
	flow->src = ip->src;
	flow->dst = ip->dst;
	flow->protocol = ip->protocol;
	flow->ttl = ip->ttl;
	flow->tos = ip->tos;
	flow->fragment = read_fragment(ip);
	flow->transport_at = header_bytes(ip);
	return read_ports(ip, end, flow);
}

/* The same by one check after the other. Out of the way: most packets are plain. */
static __noinline answer_t walk_inner_ipv4(void *at, void *end, __u32 bytes, struct flow *flow)
{
	struct ipv4 *ip = at;
	answer_t answer;

	*flow = (struct flow){};
	if (at + sizeof(*ip) > end)
		return aborted(REASON_SHORT_INNER_IPV4);
	if (on(SWITCH_STRICT_PARSING) && !is_inner_header_sound(ip, end, bytes))
		return drop(REASON_BAD_INNER_HEADER);
	answer = read_flow(ip, end, flow);
	if (answer != CONTINUE)
		return answer;
	if (on(SWITCH_STRICT_PARSING) && !(flow->fragment & FRAGMENT_LATER) && !is_inner_transport_sound(ip, end))
		return drop(REASON_BAD_INNER_TRANSPORT);
	return CONTINUE;
}

/* The endpoint's IPv4 header, and the ports behind it. The flow comes zeroed; `bytes` are there by the frame's own account. */
static __always_inline answer_t read_inner_ipv4(void *at, void *end, __u32 bytes, struct flow *flow)
{
	answer_t answer;

	if (!on(SWITCH_STRICT_PARSING) || !read_plain_packet(at, end, bytes, flow)) {
		answer = walk_inner_ipv4(at, end, bytes, flow);
		if (answer != CONTINUE)
			return answer;
		forget_flow(flow);
	}
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
	/* Upstream asks before the port is known, and so loses the host all its other UDP: broadcast, multicast, secondary addresses (§8.1 P5). */
	if (outer->ip.dst != own_ip)
		return on(SWITCH_FOREIGN_UDP) ? pass(REASON_OTHER_ADDRESS) : drop(REASON_NOT_OUR_ADDRESS);
	if (on(SWITCH_STRICT_PARSING) && !is_plain_outer(&outer->ip))
		return pass(REASON_NOT_GENEVE);
	if ((void *)&outer->geneve > end)
		return aborted(REASON_SHORT_UDP);
	if (outer->udp.dst_port_be != GENEVE_PORT_BE)
		return pass(REASON_NOT_GENEVE);
	return CONTINUE;
}

static __always_inline int has_our_class(const struct option *option)
{
	return option->class_be == (on(SWITCH_STANDARD_OPTIONS) ? bpf_htons(0x0111) : OPTION_CLASS_BE);
}

/* Without SWITCH_STANDARD_OPTIONS the first option is looked for whether or not the header counts it. */
static __always_inline int has_no_options(const struct outer *outer)
{
	return on(SWITCH_STANDARD_OPTIONS) && (outer->geneve.version_length & GENEVE_LENGTH_MASK) == 0;
}

/* Geneve whose first option is not the one our frames begin with: any other network's on this host, which upstream kills (§8.1 P6). */
static __always_inline int is_foreign(const struct outer *outer)
{
	if (!has_our_class(&outer->rts.head))
		return 1;
	return on(SWITCH_STANDARD_OPTIONS) && outer->rts.head.type != OPTION_RTS && outer->rts.head.type != OPTION_RTS_RETURNED;
}

static __always_inline answer_t refuse_foreign(void)
{
	return on(SWITCH_FOREIGN_GENEVE) ? pass(REASON_FOREIGN_GENEVE) : aborted(REASON_BAD_RTS_OPTION);
}

/* Whether headers known to be ours are sound. */
static __always_inline answer_t judge_tunnel(struct outer *outer, void *end)
{
	if (!is_outer_sound(outer, end))
		return drop(REASON_BAD_OUTER_HEADER);
	if (!is_geneve_sound(outer))
		return drop(REASON_BAD_GENEVE);
	if (!are_options_sound((struct encapsulation *)outer, end))
		return drop(REASON_BAD_OPTIONS);
	return CONTINUE;
}

/*
 * Geneve and the two options whose class is compared, §3.5 rows 10 to 13. The options stand at fixed places. Whether they are ours is asked before
 * whether headers are sound: what is not ours is not ours to judge.
 */
static __always_inline answer_t read_geneve(struct outer *outer, void *end)
{
	answer_t answer;

	if ((void *)&outer->rts > end)
		return aborted(REASON_SHORT_GENEVE);
	if (outer->geneve.protocol_be != ETHER_TYPE_TEB_BE)
		return pass(REASON_NOT_ETHERNET_IN_GENEVE);
	if (has_no_options(outer))
		return refuse_foreign();
	if ((void *)&outer->scaled > end)
		return aborted(REASON_BAD_RTS_OPTION);
	if (is_foreign(outer))
		return refuse_foreign();
	if (on(SWITCH_STRICT_PARSING)) {
		answer = judge_tunnel(outer, end);
		if (answer != CONTINUE)
			return answer;
	}
	if ((void *)(outer + 1) > end || !has_our_class(&outer->scaled.head))
		return aborted(REASON_BAD_SCALED_OPTION);
	return CONTINUE;
}

#endif
