/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The scaled-endpoint option (spec §2.5), by which a scaled endpoint's bouncer tells the client's host to modify the flow; and what the
 * client's host does then (§3.9.3).
 */
#ifndef MIZAR_SCALED_H
#define MIZAR_SCALED_H

#include "encap.h"
#include "nat.h"
#include "overlay.h"
#include "tables.h"
#include "track.h"
#include "wire.h"

/* Neither the length nor, past the ladder, the class is looked at. */
static __always_inline int asks_to_modify(const struct outer *outer)
{
	return outer->scaled.head.type == OPTION_SCALED && outer->scaled.message == SCALED_MODIFY;
}

static __always_inline void read_scaled_option(const struct scaled_option *option, struct nat_value *to)
{
	set_nat_value(to, addresses_word(load32(option->src_ip), load32(option->dst_ip)), load32(option->src_port), option->src_mac, option->dst_mac);
}

/* Class, the three reserved bits and the padding stay as received. */
static __always_inline void write_scaled_option(struct scaled_option *option, const struct nat_value *to)
{
	option->head.type = OPTION_SCALED;
	option->head.length = (option->head.length & ~OPTION_LENGTH_MASK) | OPTION_SCALED_WORDS;
	option->message = SCALED_MODIFY;
	store32(option->src_ip, to->src);
	store32(option->dst_ip, to->dst);
	*(__u16 *)option->src_port = to->src_port_be;
	*(__u16 *)option->dst_port = to->dst_port_be;
	copy_mac(option->src_mac, to->src_mac);
	copy_mac(option->dst_mac, to->dst_mac);
}

/*
 * Upstream's has then no type and no length, though its data follow (§8.1 P19); with SWITCH_STANDARD_OPTIONS both stay and the data are
 * zeros.
 */
static __always_inline void reset_scaled_option(struct scaled_option *option)
{
	if (!on(SWITCH_STANDARD_OPTIONS)) {
		option->head.type = 0;
		option->head.length &= ~OPTION_LENGTH_MASK;
	}
	__builtin_memset(&option->message, 0, sizeof(*option) - sizeof(option->head));
}

/* Back to the droplet the frame came from, whose MAC is in it. 0 when it ends here: upstream does not look at the TTL (§8.1 P17). */
static __always_inline int turn_back(struct outer *outer)
{
	__u8 mac[6], ttl;

	copy_mac(mac, outer->eth.src);
	copy_mac(outer->eth.src, outer->eth.dst);
	copy_mac(outer->eth.dst, mac);
	ttl = readdress_ipv4(&outer->ip, load_dst(&outer->ip), outer->ip.src);
	return !on(SWITCH_OUTER_TTL) || ttl != 0;
}

static __always_inline int is_guarded(const struct endpoint *endpoint)
{
	return endpoint->flags & (ENDPOINT_HAS_INGRESS_POLICY | ENDPOINT_HAS_EGRESS_POLICY);
}

/* The row of the client, when the frame asks for it and the client lives here; else NULL. */
static __always_inline struct endpoint *find_client(struct overlay *frame, __be32 src)
{
	struct endpoint *client = asks_to_modify(frame->outer) ? find_endpoint(frame->vni, src) : NULL;

	return client && client->slot != SLOT_ELSEWHERE ? client : NULL;
}

/* Remembers the backend the bouncer chose, makes this packet go there, and gives it back to who asked. */
static __always_inline answer_t modify(struct overlay *frame, void *end, const struct endpoint *client, struct flow *flow)
{
	struct outer *outer = frame->outer;
	struct nat_value to;

	read_scaled_option(&outer->scaled, &to);
	nat_keep(frame->vni, frame->inner, flow, &to);
	nat_rewrite((struct ipv4 *)(frame->inner + 1), end, flow, &to, 1);
	track_translated(frame->vni, is_guarded(client), flow);
	reset_rts_turned(&outer->rts);
	reset_scaled_option(&outer->scaled);
	if (!turn_back(outer))
		return drop(REASON_TTL_EXPIRED);
	return redirect_nic(REASON_MODIFIED);
}

#endif
