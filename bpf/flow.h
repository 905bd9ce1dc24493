/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A frame as what comes behind the parser sees it. */
#ifndef MIZAR_FLOW_H
#define MIZAR_FLOW_H

#include "planted.h"
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
	__u8 translated; /* NAT changed it; what was sent is kept (as_sent.h) */
} __attribute__((aligned(8)));

_Static_assert(sizeof(struct flow) == 24 && __builtin_offsetof(struct flow, protocol) == 12 && __builtin_offsetof(struct flow, ports) == 16, "store_flow()");

/* A flow as keys of tables have it, two words of eight bytes behind the VNI, stored whole (wire.h): the kernel hashes and compares keys by words. */
static __always_inline __u64 addresses_word(__be32 first, __be32 second)
{
	return first | (__u64)second << 32;
}

static __always_inline __u64 ports_word(__be16 first_be, __be16 second_be, __u8 protocol)
{
	return first_be | (__u32)second_be << 16 | (__u64)protocol << 32;
}

/* Of a whole packet of UDP, TCP or ICMP, its header without options. By words from registers (wire.h), so that what copies a flow by words waits for nothing. */
static __always_inline void store_flow(struct flow *flow, const __u32 *word, __be32 dst, __u32 ports, __u32 tcp_flags)
{
	__u32 ttl_protocol = word[IPV4_WORD_TTL], facts, are_read;
	__u64 *to = (__u64 *)flow;

	facts = (ttl_protocol >> 8 & 0xff) | (ttl_protocol & IPV4_TTL_MASK) << 8 | (word[0] & 0xff00) << 8; /* protocol, TTL, TOS, */
	facts |= (word[1] >> 20 & FRAGMENT_DONT) << 24; /* and of the fragment's fields the one that may be set */
	are_read = ((facts & 0xff) + 0xfe) >> 8 & PORTS_READ; /* not for ICMP, protocol 1, the least of the three */
	to[0] = addresses_word(word[IPV4_WORD_SRC], dst);
	to[1] = PLANTED_PORTS(ports) | (__u64)facts << 32;
	to[2] = are_read | sizeof(struct ipv4) << 8 | tcp_flags << 16; /* neither ARP nor translated */
}

/*
 * Has the verifier forget what it knows of the flow, for a global function may write what it is given. What it has learned on the many ways through the ladders
 * it would else follow to the program's end, each way again.
 */
__noinline int forget_flow(struct flow *flow)
{
	if (!flow)
		return 0;
	barrier_var(flow);
	return flow->ports;
}

#endif
