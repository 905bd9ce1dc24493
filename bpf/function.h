/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What a program of yours needs to be a stage of transit (spec §3.6): one file, one function.
 *
 *	#include "function.h"
 *
 *	MIZAR_FUNCTION(no_telnet)
 *	{
 *		struct carried carried;
 *
 *		if (read_carried(ctx, &carried) && carried.protocol == IP_PROTOCOL_TCP && carried.dport_be == bpf_htons(23))
 *			return XDP_DROP;
 *		return XDP_REDIRECT;
 *	}
 *
 * It is called when transit has answered with the verdict of its slot, on the frame as transit left it: in Geneve when it goes to another droplet,
 * stripped when it goes to an endpoint here. What it returns is the frame's verdict; in the redirect slot XDP_REDIRECT lets it go where transit sent it. Every
 * table of the droplet is at hand under its name (tables.h), and maps of its own are as in any BPF program. docs/functions.md.
 */
#ifndef MIZAR_FUNCTION_H
#define MIZAR_FUNCTION_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "capture.h"
#include "settings.h"
#include "tables.h"
#include "trace.h"
#include "wire.h"

char _license[] SEC("license") = "Dual MIT/GPL";

/* A frame that was to go and does not is the function's doing, and says so. */
static __always_inline int run_end_function(struct xdp_md *ctx, int verdict)
{
	struct run *run;

	if (recording() != RECORD_NOTHING && (verdict == XDP_DROP || verdict == XDP_ABORTED)) {
		run = this_run();
		if (run && run->event.result.verdict != XDP_DROP && run->event.result.verdict != XDP_ABORTED)
			run->event.result.reason = REASON_FUNCTION_DROPPED;
	}
	return run_end_staged(ctx, verdict);
}

/* The program `name`, in a file of that name. */
#define MIZAR_FUNCTION(name)                                                                                                                 \
	static __always_inline int name##_decide(struct xdp_md *ctx);                                                                        \
	SEC("xdp") int name(struct xdp_md *ctx)                                                                                              \
	{                                                                                                                                    \
		return captured(ctx, run_end_function(ctx, name##_decide(ctx)));                                                             \
	}                                                                                                                                    \
	static __always_inline int name##_decide(struct xdp_md *ctx)

/* An endpoint's IPv4 packet, wherever in the frame it stands. */
struct carried {
	int tunnelled; /* it is in Geneve, and `vni` is known; else it is on its last step, to an endpoint of this droplet */
	__u32 vni;
	__be32 src;
	__be32 dst;
	__u8 protocol;
	__be16 sport_be; /* 0 but of TCP and UDP in an unfragmented packet or first fragment */
	__be16 dport_be;
	__u32 at; /* offset of its Ethernet header in the frame */
};

#define FRAGMENT_OFFSET_BE bpf_htons(0x1fff)

static __always_inline int read_carried_at(struct xdp_md *ctx, __u32 at, struct carried *carried)
{
	void *end = (void *)(long)ctx->data_end;
	struct eth *eth = (void *)(long)ctx->data + at;
	struct ipv4 *ip = (void *)(eth + 1);
	__be16 *ports;

	if ((void *)(ip + 1) > end || eth->type_be != ETHER_TYPE_IPV4_BE)
		return 0;
	carried->at = at;
	carried->src = ip->src;
	carried->dst = ip->dst;
	carried->protocol = ip->protocol;
	ports = (void *)ip + (ip->version_ihl & 15) * 4;
	if ((ip->protocol == IP_PROTOCOL_TCP || ip->protocol == IP_PROTOCOL_UDP) && !(ip->fragment_be & FRAGMENT_OFFSET_BE) && (void *)(ports + 2) <= end) {
		carried->sport_be = ports[0];
		carried->dport_be = ports[1];
	}
	return 1;
}

/* False when the frame carries no IPv4 packet of an endpoint: ARP, or traffic of the host's own. */
static __always_inline int read_carried(struct xdp_md *ctx, struct carried *carried)
{
	struct outer *outer = (void *)(long)ctx->data;

	__builtin_memset(carried, 0, sizeof(*carried));
	if ((void *)&outer->rts <= (void *)(long)ctx->data_end && outer->eth.type_be == ETHER_TYPE_IPV4_BE && outer->ip.protocol == IP_PROTOCOL_UDP &&
	    outer->udp.dst_port_be == GENEVE_PORT_BE && outer->geneve.protocol_be == ETHER_TYPE_TEB_BE) {
		carried->tunnelled = 1;
		carried->vni = bpf_ntohl(outer->geneve.vni_reserved) >> 8;
		return read_carried_at(ctx, GENEVE_OPTIONS_AT + (outer->geneve.version_length & GENEVE_LENGTH_MASK) * 4, carried);
	}
	return read_carried_at(ctx, 0, carried);
}

#endif
