/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A frame for a network's gateway, at a bouncer. The gateway is an address without a machine: upstream sends its frames to a bouncer, over and over, and
 * it cannot be pinged (spec §8.1 P25). With SWITCH_GATEWAY_ANSWERS it answers echo requests, and nothing else.
 */
#ifndef MIZAR_GATEWAY_H
#define MIZAR_GATEWAY_H

#include "flags.h"
#include "icmp.h"
#include "inner_ttl.h"
#include "overlay.h"
#include "nat_tables.h"
#include "parse.h"

static __always_inline int is_gateway(const struct endpoint *endpoint)
{
	return on(SWITCH_GATEWAY_ANSWERS) && endpoint && endpoint->type == ENDPOINT_GATEWAY && endpoint->slot == SLOT_ELSEWHERE;
}

/* An echo request in one piece, with a plain header. */
static __always_inline int is_whole_echo(struct overlay *frame)
{
	void *end = (void *)(long)frame->ctx->data_end;
	struct ipv4 *ip = (void *)(frame->inner + 1);
	struct icmp *icmp = (void *)(ip + 1);

	if (!frame->is_ipv4 || (void *)(icmp + 1) > end || ip->version_ihl != IP_VERSION_IHL || ip->protocol != IP_PROTOCOL_ICMP)
		return 0;
	return !(ip->fragment_be & (IP_MORE_FRAGMENTS_BE | IP_FRAGMENT_OFFSET_BE)) && icmp->type == ICMP_ECHO_REQUEST && icmp->code == 0;
}

/* An echo request for a service that has no port entry for ICMP: its bouncer answers it, as it does for a gateway. */
static __always_inline int is_service_ping(struct overlay *frame, const struct endpoint *endpoint, const struct flow *flow)
{
	if (!on(SWITCH_GATEWAY_ANSWERS) || !endpoint || endpoint->type != ENDPOINT_SCALED || endpoint->slot != SLOT_ELSEWHERE)
		return 0;
	return flow->protocol == IP_PROTOCOL_ICMP && is_whole_echo(frame) && !has_service_port(frame->vni, flow->dst, 0, IP_PROTOCOL_ICMP);
}

/* Makes a whole echo request with a plain header its reply, in place, and the flow the reply's; any other frame ends here. */
static __noinline answer_t answer_echo(struct overlay *frame, const struct endpoint *gateway, struct flow *flow)
{
	struct eth *eth = frame->inner;
	void *end = (void *)(long)frame->ctx->data_end;
	struct ipv4 *ip = (void *)(eth + 1);
	struct icmp *icmp = (void *)(ip + 1);
	__be32 requester;
	__u32 sum;

	if (!is_whole_echo(frame) || (void *)(icmp + 1) > end)
		return drop(REASON_NO_REMOTE);
	copy_mac(eth->dst, eth->src);
	copy_mac(eth->src, gateway->mac);
	requester = ip->src;
	ip->src = ip->dst;
	ip->dst = requester;
	set_inner_ttl(ip, ICMP_TTL);
	icmp->type = ICMP_ECHO_REPLY;
	sum = (__u16)~icmp->checksum + (__u32)(__u16)~bpf_htons(ICMP_ECHO_REQUEST << 8);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	icmp->checksum = ~sum;
	reset_rts(&frame->outer->rts);

	requester = flow->src;
	flow->src = flow->dst;
	flow->dst = requester;
	return CONTINUE;
}

#endif
