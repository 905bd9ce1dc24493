/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Where a VPC ends: on the droplet of the endpoint that stands for the outside, packets that leave get a public source (SNAT), and packets that come in get their
 * private destination back, or, opening a connection to a public port that is forwarded, get one (DNAT). simulator/DataPlane/Outside.cs in C. Nobody else pays for it
 * more than a look at a flag in a row that was read anyway.
 */
#ifndef MIZAR_OUTSIDE_H
#define MIZAR_OUTSIDE_H

#include "agents.h"
#include "overlay.h"
#include "parse.h"
#include "scaled.h"
#include "tables.h"
#include "translate.h"
#include "verdict.h"

#define FRAGMENT_ANY (FRAGMENT_MORE | FRAGMENT_LATER)

/* Whether an inner packet at transit is for the outside: for the endpoint that stands for it, or for an address in no network of the VPC. */
static __always_inline int is_for_outside(struct overlay *frame, const struct endpoint *endpoint, const struct flow *flow)
{
	struct network *network;

	if (!droplet.interface.has_outside || !frame->is_ipv4)
		return 0;
	if (endpoint)
		return endpoint->flags & ENDPOINT_IS_OUTSIDE;
	if (asks_to_modify(frame->outer))
		return 0;
	network = find_network(frame->vni, flow->dst);
	return network && network->outside;
}

/* At transit: CONTINUE when the packet, that begins `ip_at` bytes behind the frame's begin, is now what the outside sees of it. */
__noinline __u64 translate_out(struct xdp_md *ctx, __u32 ip_at, __u64 vni, const struct flow *flow, const struct translator *translator)
{
	struct session_work *work = find_session_work();
	void *end = (void *)(long)ctx->data_end;
	enum session_kind kind;
	struct ipv4 *ip;

	if (!work || !flow || !translator || ip_at > INNER_AT_MAX)
		return aborted(REASON_NONE); /* cannot be */
	ip = (void *)(long)ctx->data + ip_at;
	if (flow->fragment & FRAGMENT_ANY)
		return drop(REASON_INNER_FRAGMENT);
	kind = read_session(&work->session, vni, 0, ip, end, flow);
	if (kind == SESSION_NONE)
		return translate_error(ctx, vni, ip_at, flow->transport_at, 0) ? CONTINUE : drop(REASON_NO_TRANSLATION);
	/* Nobody is turned round: what is meant for one of our own public addresses is outside, and comes back from there if at all. */
	if (work->session.dst == translator->address || find_port_forward(work, &work->session))
		return drop(REASON_NO_TRANSLATION);
	if (!session_use(&work->session, flow->tcp_flags, &work->becomes) &&
	    !(kind == SESSION_MAY_OPEN && session_open(&work->session, flow->tcp_flags, translator, &work->becomes)))
		return drop(REASON_NO_TRANSLATION);
	translate_packet(ip, end, flow->transport_at, &work->becomes);
	return CONTINUE;
}

/* At the outside's agent: CONTINUE when packet and flow are what the inside sees of them. */
__noinline __u64 translate_in(struct xdp_md *ctx, __u64 vni, struct flow *flow)
{
	struct session_work *work = find_session_work();
	struct ipv4 *ip = (void *)(long)ctx->data + sizeof(struct eth);
	void *end = (void *)(long)ctx->data_end;
	int accepted;

	if (!work || !flow)
		return aborted(REASON_NONE); /* cannot be */
	if (flow->fragment & FRAGMENT_ANY)
		return drop(REASON_INNER_FRAGMENT);
	if ((void *)(ip + 1) > end)
		return aborted(REASON_SHORT_INNER_IPV4); /* cannot be: it was read */
	keep_as_sent((void *)(long)ctx->data, end, flow);
	if (read_session(&work->session, vni, 1, ip, end, flow) == SESSION_NONE) {
		if (!translate_error(ctx, vni, sizeof(struct eth), flow->transport_at, 1))
			return drop(REASON_NO_CONNECTION);
		flow->dst = ip->dst;
		return CONTINUE;
	}
	if (!session_use(&work->session, flow->tcp_flags, &work->becomes)) {
		accepted = session_accept(&work->session, flow->tcp_flags, &work->becomes);
		if (accepted != ACCEPTED)
			return drop(accepted == TAKEN ? REASON_NO_TRANSLATION : REASON_NO_CONNECTION);
	}
	translate_packet(ip, end, flow->transport_at, &work->becomes);
	flow->src = work->becomes.src;
	flow->dst = work->becomes.dst;
	if (nat_has_ports(flow)) {
		flow->src_port_be = work->becomes.src_port_be;
		flow->dst_port_be = work->becomes.dst_port_be;
	}
	return CONTINUE;
}

/* What the endpoint sends that stands for the outside is of any source outside: none of the VPC's own. */
static __always_inline int is_outsiders(const struct agent *agent, const struct eth *eth, __be32 ip)
{
	struct network *network;

	if (!same_mac(eth->src, agent->endpoint_mac))
		return 0;
	network = find_network(agent->vni, ip);
	return !network || network->outside;
}

#endif
