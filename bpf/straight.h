/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The straight way through an agent: a whole packet of UDP, TCP or ICMP from who it says it is, to one machine, that goes to the wire, by direct path or a bouncer. Nearly every frame
 * is one. It is asked everything the general way asks, by whole words, and nothing has to be kept for whoever might want to know: what it is stays in registers. Nothing is changed and
 * nobody told before it is known that it goes this way; what does not (NOT_STRAIGHT) begins anew on the general way, which alone knows what is wrong with it, if anything
 * is. So what is sent here must be what is sent there, which `mizarlab fuzz` holds together. Only with all switches that it presumes.
 */
#ifndef MIZAR_STRAIGHT_H
#define MIZAR_STRAIGHT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "agents.h"
#include "direct_path.h"
#include "encap.h"
#include "exit.h"
#include "flags.h"
#include "frame.h"
#include "hash.h"
#include "nat_tables.h"
#include "plain.h"
#include "shard.h"
#include "switches.h"
#include "tables.h"
#include "track.h"
#include "verdict.h"
#include "wire.h"

#define STRAIGHT_SWITCHES                                                                                                            \
	(SWITCH_STRICT_PARSING | SWITCH_STANDARD_OPTIONS | SWITCH_SOURCE_VALIDATION | SWITCH_LOOP_GUARD | SWITCH_CONNECTION_STATE |     \
	 SWITCH_DIRECT_PATH_INVALIDATION | SWITCH_LOCAL_DELIVERY | SWITCH_ICMP_ERRORS | SWITCH_INNER_TTL | SWITCH_OUTER_TTL |           \
	 SWITCH_CARRY_ECN_DF | SWITCH_SOURCE_PORTS | SWITCH_VNI_IN_NAT_KEYS)

/* Of an IPv4 header's first two words; together they are a frame's marks. */
#define STRAIGHT_ECN 0x00000300u
#define STRAIGHT_DONT_FRAGMENT 0x00400000u

/* What decides where a frame goes, and how: all there is to carry. */
struct straight {
	__u64 bytes;
	__be32 dst;
	__u32 marks;
	__u32 ports; /* both as they lie there; of ICMP 0 */
	__u32 protocol;
	__u32 hash; /* of the addresses */
};

/* Where it goes: an address, and a word of its MAC with what a row has behind that. */
struct straight_hop {
	__u64 mac;
	__be32 ip;
	__u32 is_direct;
};

#define HOP_BEHIND_SHIFT 48

#define NOT_STRAIGHT (~0ull)

static __always_inline int straight_is_asked(const struct agent *agent)
{
	return all_on(STRAIGHT_SWITCHES) && agent->flags & AGENT_IS_STRAIGHT;
}

/* Whether two lengths are the frame's, each less so many bytes of headers. */
static __always_inline int are_straight_lengths(const struct straight *frame, __u16 length_be, __u16 other_be, __u32 other_less)
{
	return bpf_ntohl((__u32)other_be << 16 | length_be) == (__u32)frame->bytes * 0x10001 - (sizeof(struct eth) << 16 | other_less);
}

/* Whether a transport header is all there and says of its length what the frame does. `length_be`: what the IPv4 header says. */
static __always_inline int read_straight_transport(const __u8 *transport, const void *end, __u16 length_be, struct straight *frame)
{
	__u32 offset;

	frame->ports = load32(transport);
	if (frame->protocol == IP_PROTOCOL_UDP)
		return are_straight_lengths(frame, length_be, *(const __be16 *)(transport + UDP_LENGTH_AT), sizeof(struct eth) + sizeof(struct ipv4));
	if (frame->protocol == IP_PROTOCOL_TCP) {
		if ((const void *)(transport + TCP_BYTES) > end)
			return 0;
		offset = (transport[TCP_OFFSET_AT] >> 4) * 4;
		if (offset < TCP_BYTES || offset > frame->bytes - sizeof(struct eth) - sizeof(struct ipv4))
			return 0;
	} else if (frame->protocol == IP_PROTOCOL_ICMP) {
		frame->ports = 0;
	} else {
		return 0;
	}
	return are_straight_lengths(frame, length_be, length_be, sizeof(struct eth));
}

/*
 * Whether the frame is its endpoint's own (SWITCH_SOURCE_VALIDATION) and to one machine (SWITCH_LOOP_GUARD), without IPv4 options, no fragment, whole and with nothing behind it. Its row
 * says that its endpoint is one machine, and what stands behind the destination's MAC.
 */
static __always_inline int read_straight(struct xdp_md *ctx, const struct agent *agent, struct straight *frame)
{
	const __u8 *eth = (void *)(long)ctx->data;
	const void *end = (void *)(long)ctx->data_end;
	const __u32 *word = (const void *)(eth + sizeof(struct eth));
	__u32 first, second, third;

	if ((const void *)(eth + sizeof(struct eth) + sizeof(struct ipv4) + UDP_BYTES) > end)
		return 0;
	frame->dst = load_dst((const void *)word);
	frame->hash = hash_pair(agent->endpoint_ip, frame->dst);
	asm volatile("" : "+r"(frame->hash)); /* here: it takes longest, a step after the other */
	frame->bytes = (const __u8 *)end - eth;
	asm volatile("" : "+r"(frame->bytes)); /* whole, as frame_bytes() */
	if (load64(eth + sizeof(((struct eth *)0)->dst)) != agent->sender || eth[0] & 1)
		return 0;
	first = word[0];
	second = word[1];
	third = word[IPV4_WORD_TTL];
	if ((first & PLAIN_VERSION_MASK) != IP_VERSION_IHL || second & PLAIN_FRAGMENT_MASK || !(third & IPV4_TTL_MASK))
		return 0;
	if (word[IPV4_WORD_SRC] != agent->endpoint_ip || (frame->dst & 0xff) - 1 > PLAIN_CLASS_LAST - 1)
		return 0;
	if (sum_differs((__u64)first + second + third + agent->endpoint_ip + frame->dst))
		return 0;
	frame->marks = (first & STRAIGHT_ECN) | (second & STRAIGHT_DONT_FRAGMENT);
	frame->protocol = third >> 8 & 0xff;
	return read_straight_transport((const __u8 *)(word + IPV4_WORD_DST + 1), end, first >> PLAIN_LENGTH_SHIFT, frame);
}

/* A service's client: NAT has an entry for it. */
static __always_inline int is_translated(const struct agent *agent, const struct straight *frame)
{
	struct nat_key key;
	__u64 *words = (__u64 *)&key;

	if (!droplet.nat_in_use || frame->protocol == IP_PROTOCOL_ICMP)
		return 0;
	words[0] = agent->vni & 0xffffff;
	words[1] = addresses_word(agent->endpoint_ip, frame->dst);
	words[2] = PLANTED_PORTS(frame->ports) | (__u64)frame->protocol << 32 | (__u64)NAT_FORWARD << 40;
	return nat_search(&key) != NULL;
}

/* Not to the wire: to an endpoint of this droplet. */
static __always_inline int is_delivered_locally(const struct agent *agent, __be32 dst)
{
	const struct endpoint *endpoint = find_endpoint(agent->vni, dst);

	return endpoint && endpoint->slot != SLOT_ELSEWHERE && !(endpoint->flags & ENDPOINT_IS_OUTSIDE);
}

/* A direct path that may cross networks does with what is sent to the gateway, whose TTL then pays. */
static __always_inline int is_crossing(struct xdp_md *ctx, const struct agent *agent, const struct straight_hop *hop)
{
	const struct eth *eth = (void *)(long)ctx->data;

	if (!(hop->mac >> HOP_BEHIND_SHIFT))
		return 0;
	return (void *)(eth + 1) > (void *)(long)ctx->data_end || same_mac(eth->dst, agent->gateway_mac);
}

/* As find_hop(). 0 when it is one that only the general way knows. */
static __always_inline int find_straight_hop(struct xdp_md *ctx, const struct agent *agent, const struct straight *frame, struct straight_hop *hop)
{
	struct cached_host *cached = use_direct_path(agent->vni, frame->dst);
	const struct host *bouncer;

	hop->is_direct = cached != NULL;
	if (cached) {
		hop->ip = cached->ip;
		hop->mac = load64(cached->mac);
		return hop->ip != agent->nic_ip && !is_crossing(ctx, agent, hop);
	}
	if (is_delivered_locally(agent, frame->dst))
		return 0;
	bouncer = find_host(*pick_member(&agent->bouncers, TIER_AGENT_BOUNCER, frame->hash));
	hop->ip = bouncer->ip;
	hop->mac = load64(bouncer->mac);
	return hop->ip != agent->nic_ip && hop->mac >> HOP_BEHIND_SHIFT == 1; /* it is present */
}

/* Its endpoint's policy. */
static __always_inline answer_t guard_straight(struct xdp_md *ctx, const struct agent *agent)
{
	const struct ipv4 *ip = (void *)(long)ctx->data + sizeof(struct eth);
	const void *end = (void *)(long)ctx->data_end;
	const __u8 *transport = (const void *)(ip + 1);
	__u32 ports = 0, flags = 0;
	struct flow flow;

	if ((const void *)(transport + UDP_BYTES) > end)
		return CONTINUE; /* cannot be */
	if (ip->protocol != IP_PROTOCOL_ICMP)
		ports = load32(transport);
	if (ip->protocol == IP_PROTOCOL_TCP && (const void *)(transport + TCP_BYTES) <= end)
		flags = transport[TCP_FLAGS_AT];
	store_flow(&flow, (const __u32 *)ip, load_dst(ip), ports, flags);
	return guard_leaving(agent, &flow);
}

/* The header by words (encap.h), of which the row has what is the same in all. */
static __always_inline void write_straight_tunnel(void *head, const struct agent *agent, const struct straight *frame, const struct straight_hop *hop)
{
	__u64 ecn = frame->marks & STRAIGHT_ECN, dont_fragment = frame->marks & STRAIGHT_DONT_FRAGMENT, *word = head;
	__u64 length_be = bpf_htons(frame->bytes + sizeof(struct encapsulation) - sizeof(struct eth));
	__u64 datagram_be = bpf_htons(frame->bytes + sizeof(struct encapsulation) - GENEVE_UDP_AT);
	__u16 port = DYNAMIC_PORT_BASE + (hash_pair(frame->hash, bpf_ntohl(PLANTED_PORTS(frame->ports)) + frame->protocol) & DYNAMIC_PORT_MASK);
	__u64 checksum = (__u16)PLANTED_CHECKSUM(checksum_of(agent->sum + frame->marks + length_be + hop->ip));

	word[TUNNEL_MACS] = agent->macs | hop->mac << (64 - HOP_BEHIND_SHIFT) >> (64 - HOP_BEHIND_SHIFT);
	word[TUNNEL_SOURCE] = agent->source | ecn << 48;
	word[TUNNEL_LENGTH] = length_be | dont_fragment << 16 | (__u64)(OUTER_TTL | IP_PROTOCOL_UDP << 8) << 48;
	word[TUNNEL_ADDRESSES] = checksum | (__u64)agent->nic_ip << 16 | (__u64)hop->ip << 48;
	word[TUNNEL_PORTS] = hop->ip >> 16 | (__u64)bpf_htons(port) << 16 | (__u64)GENEVE_PORT_BE << 32 | datagram_be << 48;
	word[TUNNEL_RTS] = agent->rts | (__u64)hop->is_direct * RTS_DIRECT << 48;
	write_own_words(word, agent);
}

/* Too large for the underlay. */
static __always_inline int is_too_large(const struct straight *frame)
{
	__u32 room = droplet.interface.mtu - 1; /* 0: unknown, there is always room */

	return room < frame->bytes + sizeof(struct encapsulation) - sizeof(struct eth) - 1;
}

/* All of it: the answer, or NOT_STRAIGHT. */
static __always_inline answer_t go_straight(struct xdp_md *ctx, const struct agent *agent)
{
	struct straight_hop hop;
	struct straight frame;
	answer_t answer;
	void *head;

	if (!straight_is_asked(agent) || !read_straight(ctx, agent, &frame))
		return NOT_STRAIGHT;
	if (is_translated(agent, &frame) || !find_straight_hop(ctx, agent, &frame, &hop) || is_too_large(&frame))
		return NOT_STRAIGHT;
	if (agent->flags & (AGENT_HAS_EGRESS_POLICY | AGENT_HAS_INGRESS_POLICY)) {
		answer = guard_straight(ctx, agent);
		if (answer != CONTINUE)
			return answer;
	}
	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(struct encapsulation)))
		return drop(REASON_NO_HEADROOM);
	head = (void *)(long)ctx->data;
	if (head + sizeof(struct encapsulation) > (void *)(long)ctx->data_end)
		return drop(REASON_NO_HEADROOM);
	asm volatile("" : "+r"(agent)); /* its words are loaded here, not before the call, to be kept over it */
	write_straight_tunnel(head, agent, &frame, &hop);
	return redirect_agent_nic(hop.is_direct ? REASON_DIRECT_PATH : REASON_TO_BOUNCER);
}

#endif
