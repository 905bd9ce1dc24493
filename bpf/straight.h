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

#define NOT_STRAIGHT (~1ull)

#define STRAIGHT_SWITCHES                                                                                                            \
	(SWITCH_STRICT_PARSING | SWITCH_STANDARD_OPTIONS | SWITCH_SOURCE_VALIDATION | SWITCH_LOOP_GUARD | SWITCH_CONNECTION_STATE |     \
	 SWITCH_DIRECT_PATH_INVALIDATION | SWITCH_LOCAL_DELIVERY | SWITCH_ICMP_ERRORS | SWITCH_INNER_TTL | SWITCH_OUTER_TTL |           \
	 SWITCH_CARRY_ECN_DF | SWITCH_SOURCE_PORTS | SWITCH_VNI_IN_NAT_KEYS)

/* Of an IPv4 header's first two words. */
#define STRAIGHT_ECN 0x00000300u
#define STRAIGHT_DONT_FRAGMENT 0x00400000u

/* The frame, and of its packet what decides where it goes. */
struct straight {
	const struct eth *eth;
	const __u32 *word; /* the IPv4 header's */
	const void *end;
	__u64 bytes;
	__be32 dst;
	__u32 ports; /* both as they lie there; of ICMP 0 */
	__u8 protocol;
};

/* Where it goes: an address, and a word of its MAC with what a row has behind that. */
struct straight_hop {
	__be32 ip;
	__u64 mac;
	__u64 flags; /* RTS */
	enum reason reason;
};

#define HOP_MAC_MASK 0x0000ffffffffffffull
#define HOP_BEHIND_SHIFT 48

static __always_inline int straight_is_asked(const struct agent *agent)
{
	__u64 switches = FIXED_SWITCHES ? FIXED_SWITCHES : settings.switches;

	return (switches & STRAIGHT_SWITCHES) == STRAIGHT_SWITCHES && agent->flags & AGENT_IS_STRAIGHT;
}

/* Whether a transport header is all there and says of its length what the frame does. */
static __always_inline int has_plain_transport(struct straight *frame, __u16 length_be)
{
	const __u8 *transport = (const void *)(frame->word + IPV4_WORD_DST + 1);
	__u32 offset, lengths = (__u32)frame->bytes * 0x10001, asked = (__u32)length_be << 16 | length_be, less = sizeof(struct eth) * 0x10001;

	frame->ports = 0;
	switch (frame->protocol) {
	case IP_PROTOCOL_UDP:
		frame->ports = load32(transport);
		asked = (__u32)*(const __be16 *)(transport + UDP_LENGTH_AT) << 16 | length_be;
		less += sizeof(struct ipv4);
		break;
	case IP_PROTOCOL_TCP:
		if ((const void *)(transport + TCP_BYTES) > frame->end)
			return 0;
		offset = (transport[TCP_OFFSET_AT] >> 4) * 4;
		if (offset < TCP_BYTES || offset > frame->bytes - sizeof(struct eth) - sizeof(struct ipv4))
			return 0;
		frame->ports = load32(transport);
		break;
	case IP_PROTOCOL_ICMP:
		break;
	default:
		return 0;
	}
	return bpf_ntohl(asked) == lengths - less;
}

/*
 * Whether the frame is its endpoint's own (SWITCH_SOURCE_VALIDATION) and to one machine (SWITCH_LOOP_GUARD), without IPv4 options, no fragment, whole and with nothing behind it. Its row
 * says that its endpoint is one machine, and what an Ethernet header of its begins its second half with.
 */
static __always_inline int read_straight(struct xdp_md *ctx, const struct agent *agent, struct straight *frame)
{
	const __u32 *word;
	__u32 first;

	frame->bytes = frame_bytes(ctx);
	frame->eth = (void *)(long)ctx->data;
	frame->end = (void *)(long)ctx->data_end;
	word = frame->word = (const void *)(frame->eth + 1);
	if ((const void *)(word + IPV4_WORD_DST + 1) + UDP_BYTES > frame->end)
		return 0;
	if (*(const __u64 *)frame->eth->src != agent->sender || frame->eth->dst[0] & 1)
		return 0;
	first = word[0];
	if ((first & PLAIN_VERSION_MASK) != IP_VERSION_IHL || word[1] & PLAIN_FRAGMENT_MASK || !(word[IPV4_WORD_TTL] & IPV4_TTL_MASK))
		return 0;
	frame->dst = load_dst((const void *)word);
	if (word[IPV4_WORD_SRC] != agent->endpoint_ip || (frame->dst & 0xff) - 1 > PLAIN_CLASS_LAST - 1)
		return 0;
	if (sum_differs((__u64)first + word[1] + word[IPV4_WORD_TTL] + word[IPV4_WORD_SRC] + frame->dst))
		return 0;
	frame->protocol = ((const struct ipv4 *)word)->protocol;
	return has_plain_transport(frame, first >> PLAIN_LENGTH_SHIFT);
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
	words[2] = frame->ports | (__u64)frame->protocol << 32 | (__u64)NAT_FORWARD << 40;
	return nat_search(&key) != NULL;
}

/* Not to the wire: to an endpoint of this droplet. */
static __always_inline int is_delivered_locally(const struct agent *agent, __be32 dst)
{
	const struct endpoint *endpoint = find_endpoint(agent->vni, dst);

	return endpoint && endpoint->slot != SLOT_ELSEWHERE && !(endpoint->flags & ENDPOINT_IS_OUTSIDE);
}

/* As find_hop(). 0 when somebody has to be asked whom only the general way knows. */
static __always_inline int find_straight_hop(const struct agent *agent, const struct straight *frame, __u32 hash, struct straight_hop *hop)
{
	struct cached_host *cached = use_direct_path(agent->vni, frame->dst);
	const struct host *bouncer;

	if (cached) {
		hop->ip = cached->ip;
		hop->mac = *(const __u64 *)cached->mac;
		hop->flags = RTS_DIRECT;
		hop->reason = REASON_DIRECT_PATH;
		/* It may cross networks, for which its TTL pays. */
		return !(hop->mac >> HOP_BEHIND_SHIFT && same_mac(frame->eth->dst, agent->gateway_mac));
	}
	if (is_delivered_locally(agent, frame->dst))
		return 0;
	bouncer = find_host(*pick_member(&agent->bouncers, TIER_AGENT_BOUNCER, hash));
	hop->ip = bouncer->ip;
	hop->mac = *(const __u64 *)bouncer->mac;
	hop->flags = 0;
	hop->reason = REASON_TO_BOUNCER;
	return hop->mac >> HOP_BEHIND_SHIFT == 1; /* it is present */
}

/* Its endpoint's policy. */
static __always_inline answer_t guard_straight(const struct agent *agent, const struct straight *frame)
{
	const __u8 *transport = (const void *)(frame->word + IPV4_WORD_DST + 1);
	__u32 flags = 0;
	struct flow flow;

	if (frame->protocol == IP_PROTOCOL_TCP && (const void *)(transport + TCP_BYTES) <= frame->end)
		flags = transport[TCP_FLAGS_AT];
	store_flow(&flow, frame->word, frame->dst, frame->ports, flags);
	return guard_leaving(agent, &flow);
}

/* Words of the header that are this frame's own (encap.h); what is the same in all is in the row. */
struct straight_words {
	__u64 macs;
	__u64 source;
	__u64 length;
	__u64 addresses;
	__u64 ports;
	__u64 rts;
};

static __always_inline void reckon_words(const struct agent *agent, const struct straight *frame, const struct straight_hop *hop, __u32 hash, struct straight_words *words)
{
	__u64 ecn = frame->word[0] & STRAIGHT_ECN, dont_fragment = frame->word[1] & STRAIGHT_DONT_FRAGMENT;
	__u64 length_be = bpf_htons(frame->bytes + sizeof(struct encapsulation) - sizeof(struct eth));
	__u64 datagram_be = bpf_htons(frame->bytes + sizeof(struct encapsulation) - GENEVE_UDP_AT);
	__u16 port = DYNAMIC_PORT_BASE + (hash_pair(hash, bpf_ntohl(PLANTED_PORTS(frame->ports)) + frame->protocol) & DYNAMIC_PORT_MASK);
	__u64 checksum = (__u16)PLANTED_CHECKSUM(checksum_of(agent->sum + ecn + dont_fragment + length_be + hop->ip));

	words->macs = agent->macs | (hop->mac & HOP_MAC_MASK);
	words->source = agent->source | ecn << 48;
	words->length = length_be | dont_fragment << 16 | (__u64)(OUTER_TTL | IP_PROTOCOL_UDP << 8) << 48;
	words->addresses = checksum | (__u64)agent->nic_ip << 16 | (__u64)hop->ip << 48;
	words->ports = hop->ip >> 16 | (__u64)bpf_htons(port) << 16 | (__u64)GENEVE_PORT_BE << 32 | datagram_be << 48;
	words->rts = agent->rts | hop->flags << 48;
}

static __always_inline void write_words(void *head, const struct agent *agent, const struct straight_words *words)
{
	__u64 *word = head;

	word[TUNNEL_MACS] = words->macs;
	word[TUNNEL_SOURCE] = words->source;
	word[TUNNEL_LENGTH] = words->length;
	word[TUNNEL_ADDRESSES] = words->addresses;
	word[TUNNEL_PORTS] = words->ports;
	word[TUNNEL_GENEVE] = agent->geneve;
	word[TUNNEL_RTS] = words->rts;
	word[TUNNEL_HOST] = agent->host;
	word[TUNNEL_SCALED] = agent->scaled | PLANTED_OPTION_BYTE << 8;
	word[TUNNEL_SCALED + 1] = 0;
	word[TUNNEL_SCALED + 2] = 0;
	word[TUNNEL_SCALED + 3] = 0;
	word[TUNNEL_LABELS] = agent->labels;
	word[TUNNEL_NAMESPACE] = agent->namespace;
	*(__u16 *)(head + TUNNEL_TAIL_AT) = agent->tail;
}

/* All of it. The answer is final, unless it is NOT_STRAIGHT. */
static __always_inline answer_t go_straight(struct xdp_md *ctx, const struct agent *agent)
{
	struct straight_words words;
	struct straight_hop hop;
	struct straight frame;
	answer_t answer;
	__u32 mtu = droplet.interface.mtu, hash;
	enum reason reason;
	void *head;

	if (!straight_is_asked(agent) || !read_straight(ctx, agent, &frame))
		return NOT_STRAIGHT;
	hash = hash_pair(agent->endpoint_ip, frame.dst);
	if (is_translated(agent, &frame) || !find_straight_hop(agent, &frame, hash, &hop) || hop.ip == agent->nic_ip)
		return NOT_STRAIGHT;
	if (mtu - 1 < frame.bytes + sizeof(struct encapsulation) - sizeof(struct eth) - 1) /* 0: unknown */
		return NOT_STRAIGHT;
	if (agent->flags & (AGENT_HAS_EGRESS_POLICY | AGENT_HAS_INGRESS_POLICY)) {
		answer = guard_straight(agent, &frame);
		if (answer != CONTINUE)
			return answer;
	}
	reckon_words(agent, &frame, &hop, hash, &words);
	reason = hop.reason;
	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(struct encapsulation)))
		return drop(REASON_NO_HEADROOM);
	head = (void *)(long)ctx->data;
	if (head + sizeof(struct encapsulation) > (void *)(long)ctx->data_end)
		return drop(REASON_NO_HEADROOM);
	write_words(head, agent, &words);
	return redirect_agent_nic(reason);
}

#endif
