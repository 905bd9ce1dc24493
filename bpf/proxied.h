/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A proxied endpoint: behind its interface is a user-space function (AF_PACKET, AF_XDP, a tun) that is given whole Geneve frames and may answer in
 * Geneve. Upstream's documents promise one and have no code for it (spec 01, row 16). What goes to the function is deliver.h's; here is what it
 * sends. simulator/DataPlane/ProxiedEndpoint.cs is the same in C#. Only in the dialect lab; in the other a row's flag is nothing.
 */
#ifndef MIZAR_PROXIED_H
#define MIZAR_PROXIED_H

#include "agents.h"
#include "overlay.h"
#include "parse.h"
#include "planted.h"
#include "settings.h"
#include "strict.h"
#include "switches.h"
#include "tables.h"
#include "verdict.h"
#include "wire.h"

static __always_inline int is_proxied(const struct endpoint *endpoint)
{
	return is_lab() && endpoint->flags & ENDPOINT_IS_PROXIED;
}

static __always_inline int is_proxied_agent(const struct agent *agent)
{
	return is_lab() && agent->flags & AGENT_IS_PROXIED;
}

/* UDP to the tunnel's port behind a plain header: a function sends no other there. Anything else is a frame as any endpoint sends it. */
static __always_inline int is_functions_tunnel(const struct outer *outer, const void *end)
{
	if ((const void *)&outer->geneve > end || outer->eth.type_be != ETHER_TYPE_IPV4_BE)
		return 0;
	return outer->ip.protocol == IP_PROTOCOL_UDP && is_plain_outer(&outer->ip) && outer->udp.dst_port_be == GENEVE_PORT_BE;
}

/* The same ladder as a NIC's frames climb; but what is not ours is nobody's here. */
static __always_inline answer_t read_functions_geneve(struct outer *outer, void *end)
{
	answer_t answer = read_geneve(outer, end);

	return answer != CONTINUE && ANSWER_VERDICT(answer) == XDP_PASS ? drop(REASON_BAD_GENEVE) : answer;
}

/*
 * Takes the function's tunnel off: from here on the frame is one of the endpoint's, and the agent asks of it what it asks of any, and puts it into a tunnel
 * of its own making. So nothing a function writes outside of its endpoint's frame reaches the wire: no host of its choice, no RTS option, no flag, no
 * label, no order to modify. What a function says about who it is must be true all the same: its VPC, and its droplet.
 *
 * A function of its own for the verifier, which looks at it once; the caller's pointers into the frame are stale afterwards.
 */
__attribute__((noinline)) __u64 take_off_tunnel(struct xdp_md *ctx, __u64 vni, __u32 own_ip)
{
	struct outer *outer = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	answer_t answer;
	__u32 bytes;

	if (!is_functions_tunnel(outer, end))
		return CONTINUE;
	answer = read_functions_geneve(outer, end);
	if (answer != CONTINUE)
		return answer;
	if (PLANTED_IS_FOREIGN(bpf_ntohl(outer->geneve.vni_reserved) >> 8 != vni))
		return drop(REASON_FOREIGN_VNI);
	if (on(SWITCH_SOURCE_VALIDATION) && outer->ip.src != own_ip)
		return drop(REASON_SPOOFED_SOURCE);
	bytes = GENEVE_OPTIONS_AT + option_bytes(outer);
	if ((void *)outer + bytes + sizeof(struct eth) > end)
		return aborted(REASON_SHORT_INNER_ETHERNET);
	if (bpf_xdp_adjust_head(ctx, bytes))
		return aborted(REASON_SHORT_INNER_ETHERNET); /* cannot be: it is there */
	return CONTINUE;
}

#endif
