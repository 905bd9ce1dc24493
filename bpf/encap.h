/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Putting an endpoint's frame into Geneve, and an RTS option's contents (spec 02, §3.4). */
#ifndef MIZAR_ENCAP_H
#define MIZAR_ENCAP_H

#include "hash.h"
#include "parse.h"
#include "tables.h"
#include "verdict.h"
#include "wire.h"

/* Where an encapsulated frame goes first. */
struct hop {
	__be32 ip;
	__u8 mac[6];
};

static __always_inline void write_rts_host(struct rts_option *rts, __be32 ip, const __u8 *mac)
{
	store32(rts->host_ip, ip);
	copy_mac(rts->host_mac, mac);
}

/*
 * Makes the option say nothing: data 0, type and length too, but with SWITCH_STANDARD_OPTIONS these stay; class and the three high bits of the
 * length byte stay as they came (§2.5). Of the flags stays, with SWITCH_INNER_TTL, that the packet has changed network.
 */
static __always_inline void reset_rts(struct rts_option *rts)
{
	__u8 flags = on(SWITCH_INNER_TTL) ? rts->flags & RTS_ROUTED : 0;

	if (!on(SWITCH_STANDARD_OPTIONS)) {
		rts->head.type = 0;
		rts->head.length &= ~OPTION_LENGTH_MASK;
	}
	store32(&rts->flags, 0);
	rts->flags = flags;
	store32((__u8 *)&rts->flags + 4, 0);
	store32((__u8 *)&rts->flags + 8, 0);
}

static __always_inline void write_option(struct option *option, __u8 type, __u8 words)
{
	option->class_be = OPTION_CLASS_BE;
	option->type = type;
	option->length = words;
}

static __always_inline void write_underlay(struct outer *outer, const struct agent *agent, const struct flow *flow, const struct hop *hop,
					   __u16 inner_bytes)
{
	__u16 udp_bytes = sizeof(struct encapsulation) - sizeof(struct eth) - sizeof(struct ipv4) + inner_bytes;

	copy_mac(outer->eth.dst, hop->mac);
	copy_mac(outer->eth.src, agent->nic_mac);
	outer->eth.type_be = ETHER_TYPE_IPV4_BE;

	outer->ip.version_ihl = IP_VERSION_IHL;
	outer->ip.tos = TOS_PREMIUM;
	outer->ip.length_be = bpf_htons(sizeof(struct ipv4) + udp_bytes);
	outer->ip.id_be = 0; /* upstream leaves what the headroom held (§2.2) */
	outer->ip.fragment_be = 0;
	outer->ip.ttl = flow->ttl;
	outer->ip.protocol = IP_PROTOCOL_UDP;
	outer->ip.src = agent->nic_ip;
	outer->ip.dst = hop->ip;
	checksum_ipv4(&outer->ip);

	outer->udp.dst_port_be = GENEVE_PORT_BE;
	outer->udp.length_be = bpf_htons(udp_bytes);
	outer->udp.checksum = 0;
}

static __always_inline void write_options(struct encapsulation *head, const struct agent *agent)
{
	struct outer *outer = &head->outer;

	write_option(&outer->rts.head, OPTION_RTS, 3);
	outer->rts.flags = 0;
	write_rts_host(&outer->rts, agent->nic_ip, agent->nic_mac);
	outer->rts.pad = 0;
	write_option(&outer->scaled.head, 0, 0);
	__builtin_memset(&outer->scaled.message, 0, sizeof(outer->scaled) - sizeof(outer->scaled.head));
	write_option(&head->pod.head, OPTION_POD_LABEL, 1);
	store32(&head->pod.id, 0);
	write_option(&head->namespace.head, OPTION_NAMESPACE_LABEL, 1);
	store32(&head->namespace.id, 0);
}

/* Grows the frame by 114 bytes in front and fills them. The frame's pointers are stale afterwards. */
static __always_inline answer_t encapsulate(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow, const struct hop *hop, __u32 hash)
{
	__u16 inner_bytes = (long)ctx->data_end - (long)ctx->data;
	struct encapsulation *head;
	void *end;

	if (bpf_xdp_adjust_head(ctx, -(int)sizeof(*head)))
		return drop(REASON_NO_HEADROOM);
	head = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if ((void *)(head + 1) > end)
		return drop(REASON_NO_HEADROOM);

	write_underlay(&head->outer, agent, flow, hop, inner_bytes);
	head->outer.udp.src_port_be = bpf_htons(SOURCE_PORT_BASE + hash % SOURCE_PORT_COUNT);
	head->outer.geneve.version_length = OPTION_WORDS;
	head->outer.geneve.flags = 0;
	head->outer.geneve.protocol_be = ETHER_TYPE_TEB_BE;
	head->outer.geneve.vni_reserved = bpf_htonl((__u32)agent->vni << 8);
	write_options(head, agent);
	return CONTINUE;
}

#endif
