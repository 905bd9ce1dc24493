/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Putting an endpoint's frame into Geneve, and an RTS option's contents (spec 02, §3.4). */
#ifndef MIZAR_ENCAP_H
#define MIZAR_ENCAP_H

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

static __always_inline void write_ipv4(struct ipv4 *ip, const struct agent *agent, const struct flow *flow, __be32 next, __u16 bytes)
{
	__u8 carried = on(SWITCH_CARRY_ECN_DF) ? flow->tos & TOS_ECN : 0;
	int whole = on(SWITCH_CARRY_ECN_DF) && flow->fragment & FRAGMENT_DONT;
	__u32 *word = (__u32 *)ip; /* checksum_ipv4() says why by words */

	word[0] = IP_VERSION_IHL | (__u32)(agent->tos | carried) << 8 | (__u32)bpf_htons(bytes) << 16;
	word[1] = whole ? (__u32)IP_DONT_FRAGMENT_BE << 16 : 0; /* upstream leaves in the identification what the headroom held (§2.2) */
	ip->src = agent->nic_ip;
	ip->dst = next;
	store_checked_word(word, (__u64)word[0] + word[1] + agent->nic_ip + next, (on(SWITCH_OUTER_TTL) ? OUTER_TTL : flow->ttl) | IP_PROTOCOL_UDP << 8);
}

static __always_inline void write_underlay(struct outer *outer, const struct agent *agent, const struct flow *flow, const struct hop *hop,
					   __u16 inner_bytes)
{
	__u16 udp_bytes = sizeof(struct encapsulation) - sizeof(struct eth) - sizeof(struct ipv4) + inner_bytes;

	copy_mac(outer->eth.dst, hop->mac);
	copy_mac(outer->eth.src, agent->nic_mac);
	outer->eth.type_be = ETHER_TYPE_IPV4_BE;
	write_ipv4(&outer->ip, agent, flow, hop->ip, sizeof(struct ipv4) + udp_bytes);
	outer->udp.dst_port_be = GENEVE_PORT_BE;
	outer->udp.length_be = bpf_htons(udp_bytes);
	outer->udp.checksum = 0;
}

/* One store: option headers are constants. */
static __always_inline void write_option(struct option *option, __u8 type, __u8 words)
{
	__u32 class_be = on(SWITCH_STANDARD_OPTIONS) ? OPTION_CLASS_STANDARD_BE : OPTION_CLASS_BE;

	store32(option, class_be | (__u32)type << 16 | (__u32)words << 24);
}

static __always_inline __u32 label_word(__u32 label)
{
	return on(SWITCH_STANDARD_OPTIONS) ? bpf_htonl(label) : label;
}

/*
 * The four options, each in its place. Upstream's idle scaled option has no length before its 28 bytes, by which no other reader of
 * Geneve can follow (§8.1 P19); standard options have the same places and are what RFC 8926 says.
 */
static __always_inline void write_options(struct encapsulation *head, const struct agent *agent, __u8 rts_flags)
{
	struct outer *outer = &head->outer;

	write_option(&outer->rts.head, OPTION_RTS, 3);
	outer->rts.flags = rts_flags;
	write_rts_host(&outer->rts, agent->nic_ip, agent->nic_mac);
	outer->rts.pad = PLANTED_OPTION_BYTE;
	if (on(SWITCH_STANDARD_OPTIONS))
		write_option(&outer->scaled.head, OPTION_SCALED, sizeof(outer->scaled.data) / 4);
	else
		write_option(&outer->scaled.head, 0, 0);
	clear28(outer->scaled.data);
	write_option(&head->pod.head, OPTION_POD_LABEL, 1);
	store32(&head->pod.id, label_word(agent->pod_label));
	write_option(&head->namespace.head, OPTION_NAMESPACE_LABEL, 1);
	store32(&head->namespace.id, label_word(agent->namespace_label));
}

/* Grows the frame by 114 bytes in front and fills them. The frame's pointers are stale afterwards. */
static __always_inline answer_t encapsulate(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow, const struct hop *hop, __u32 hash)
{
	__u16 inner_bytes = frame_bytes(ctx);
	struct encapsulation *head;
	void *end;

	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*head)))
		return drop(REASON_NO_HEADROOM);
	head = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if ((void *)(head + 1) > end)
		return drop(REASON_NO_HEADROOM);

	write_underlay(&head->outer, agent, flow, hop, inner_bytes);
	head->outer.udp.src_port_be = bpf_htons(source_port(flow, hash));
	head->outer.geneve.version_length = OPTION_WORDS;
	head->outer.geneve.flags = 0;
	head->outer.geneve.protocol_be = ETHER_TYPE_TEB_BE;
	head->outer.geneve.vni_reserved = bpf_htonl((__u32)agent->vni << 8);
	write_options(head, agent, hop->rts_flags);
	return CONTINUE;
}

#endif
