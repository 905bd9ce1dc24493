/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Putting an endpoint's frame into Geneve, and an RTS option's contents (spec 02, §3.4). */
#ifndef MIZAR_ENCAP_H
#define MIZAR_ENCAP_H

#include "agents.h"
#include "class.h"
#include "flags.h"
#include "frame.h"
#include "hash.h"
#include "parse.h"
#include "planted.h"
#include "switches.h"
#include "tables.h"
#include "verdict.h"
#include "wire.h"

/* Where an encapsulated frame goes first, why, and what its RTS option says of that. */
struct hop {
	__be32 ip;
	__u8 mac[6];
	__u8 rts_flags;
	__u8 reason;
};

static __always_inline void write_rts_host(struct rts_option *rts, __be32 ip, const __u8 *mac)
{
	store32(rts->host_ip, ip);
	copy_mac(rts->host_mac, mac);
}

/*
 * Makes the option say nothing: data 0, type and length too, but with SWITCH_STANDARD_OPTIONS the type is ours and the length stays. Class and the
 * three high bits of the length byte stay as they came (§2.5).
 */
static __always_inline void reset_rts(struct rts_option *rts)
{
	if (on(SWITCH_STANDARD_OPTIONS)) {
		rts->head.type = OPTION_RTS;
	} else {
		rts->head.type = 0;
		rts->head.length &= ~OPTION_LENGTH_MASK;
	}
	store32(&rts->flags, 0);
	store32((__u8 *)&rts->flags + 4, 0);
	store32((__u8 *)&rts->flags + 8, 0);
}

/*
 * The same for a frame that a scaled endpoint turns round, and which is the client's all the same: of the flags stays that it has changed
 * network.
 */
static __always_inline void reset_rts_turned(struct rts_option *rts)
{
	__u8 flags = on(SWITCH_INNER_TTL) ? rts->flags & RTS_ROUTED : 0;

	reset_rts(rts);
	rts->flags = flags;
}

/* The outer UDP source port, spread over the dynamic ports by the flow; upstream's is of the addresses alone (§2.3, §8.1 P20). */
static __always_inline __u16 source_port(const struct flow *flow, __u32 hash)
{
	__u32 ports = 0;

	if (!on(SWITCH_SOURCE_PORTS))
		return SOURCE_PORT_BASE + hash % SOURCE_PORT_COUNT;
	if (flow->ports == PORTS_READ && !(flow->fragment & (FRAGMENT_MORE | FRAGMENT_LATER)))
		ports = (__u32)bpf_ntohs(flow->src_port_be) << 16 | bpf_ntohs(flow->dst_port_be);
	return DYNAMIC_PORT_BASE + (hash_pair(hash, ports + flow->protocol) & DYNAMIC_PORT_MASK);
}

/* Of the header's words (enum tunnel_word) those that are the agent's row's, whatever the frame. */
static __always_inline void write_own_words(__u64 *word, const struct agent *agent)
{
	word[TUNNEL_GENEVE] = agent->geneve;
	word[TUNNEL_HOST] = agent->host;
	word[TUNNEL_SCALED] = agent->scaled | PLANTED_OPTION_BYTE << 8;
	word[TUNNEL_SCALED + 1] = 0;
	word[TUNNEL_SCALED + 2] = 0;
	word[TUNNEL_SCALED + 3] = 0;
	word[TUNNEL_LABELS] = agent->labels;
	word[TUNNEL_NAMESPACE] = agent->namespace;
	*(__u16 *)((__u8 *)word + TUNNEL_TAIL_AT) = agent->tail;
}

/*
 * The 114 bytes, by words of eight (enum tunnel_word): what every frame of an agent has is in its row, which is five loads and stores where putting it together would be some forty.
 * Upstream leaves in IPv4's identification what the headroom held (§2.2), and its idle scaled option has no length before its 28 bytes, by which no other
 * reader of Geneve can follow (§8.1 P19); harness/Bpf/Codecs/AgentTunnel.cs writes the row's words.
 */
static __always_inline void write_tunnel(struct encapsulation *head, const struct agent *agent, const struct flow *flow, const struct hop *hop,
					 __u32 inner_bytes, __u16 source_port_be)
{
	__u64 ecn = on(SWITCH_CARRY_ECN_DF) ? flow->tos & TOS_ECN : 0;
	__u64 fragment_be = on(SWITCH_CARRY_ECN_DF) && flow->fragment & FRAGMENT_DONT ? IP_DONT_FRAGMENT_BE : 0;
	__u64 ttl_protocol = (on(SWITCH_OUTER_TTL) ? OUTER_TTL : flow->ttl) | IP_PROTOCOL_UDP << 8;
	__u64 length_be = bpf_htons(inner_bytes + sizeof(*head) - sizeof(struct eth));
	__u64 datagram_be = bpf_htons(inner_bytes + sizeof(*head) - GENEVE_UDP_AT);
	__u64 source = agent->source | ecn << 56, sum, checksum, *word = (__u64 *)head;

	sum = (source >> 48 | length_be << 16) + (fragment_be << 16) + ttl_protocol + agent->nic_ip + hop->ip;
	checksum = (__u16)PLANTED_CHECKSUM(checksum_of(sum));
	word[TUNNEL_MACS] = agent->macs | load32(hop->mac) | (__u64)*(const __u16 *)&hop->mac[4] << 32;
	word[TUNNEL_SOURCE] = source;
	word[TUNNEL_LENGTH] = length_be | fragment_be << 32 | ttl_protocol << 48;
	word[TUNNEL_ADDRESSES] = checksum | (__u64)agent->nic_ip << 16 | (__u64)hop->ip << 48;
	word[TUNNEL_PORTS] = hop->ip >> 16 | (__u64)source_port_be << 16 | (__u64)GENEVE_PORT_BE << 32 | datagram_be << 48;
	word[TUNNEL_RTS] = agent->rts | (__u64)hop->rts_flags << 48;
	write_own_words(word, agent);
}

_Static_assert(TUNNEL_TAIL_AT + 2 == sizeof(struct encapsulation), "all of it");

/* Grows the frame by 114 bytes in front and fills them. The frame's pointers are stale afterwards. */
static __always_inline answer_t encapsulate(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow, const struct hop *hop, __u32 hash)
{
	__u32 inner_bytes = frame_bytes(ctx);
	struct encapsulation *head;
	void *end;

	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*head)))
		return drop(REASON_NO_HEADROOM);
	head = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if ((void *)(head + 1) > end)
		return drop(REASON_NO_HEADROOM);

	write_tunnel(head, agent, flow, hop, inner_bytes, bpf_htons(source_port(flow, hash)));
	return CONTINUE;
}

#endif
