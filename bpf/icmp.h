/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * ICMP errors about an endpoint's packet, from its network's gateway, so that traceroute shows the one hop a packet between networks makes, and path MTU
 * discovery works. Upstream sends none (spec §8.1 P17, §2.7). The agent answers its endpoint at once; transit sends the error back to
 * whom the frame came from, in the same tunnel. Functions of their own: they lie off the path of every other frame.
 */
#ifndef MIZAR_ICMP_H
#define MIZAR_ICMP_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "agents.h"
#include "as_sent.h"
#include "clock.h"
#include "encap.h"
#include "frame.h"
#include "flags.h"
#include "overlay.h"
#include "strict.h"
#include "tables.h"
#include "translate.h"
#include "verdict.h"
#include "wire.h"

#define ICMP_QUOTED (sizeof(struct ipv4) + 8) /* bytes of the offending packet an error quotes (RFC 792) */
#define ICMP_TTL 64
#define ERROR_WINDOW_SHIFT 10 /* ticks: a window is a second and a bit */

/* A whole error; before it is written, the offending frame, whose packet it quotes. */
struct icmp_error {
	struct eth eth;
	struct ipv4 ip;
	struct icmp icmp;
	__u8 quoted[ICMP_QUOTED];
} __attribute__((packed, aligned(2)));

_Static_assert(sizeof(struct icmp_error) == 70, "an Ethernet header, 20 + 8 + 28 bytes");
_Static_assert(AS_SENT_BYTES == sizeof(struct eth) + ICMP_QUOTED, "what is kept before NAT is what is quoted");

/* What to say to an endpoint: the error's type and code in the two low bytes, and whether NAT changed the packet since the endpoint sent it. */
#define SAY(type, code) ((type) << 8 | (code))
#define SAY_OF_TRANSLATED (1 << 16)

struct error_limit {
	__u32 window;
	__u32 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct error_limit);
} error_limit SEC(".maps");

/* Takes one of this window's errors; 0 when there is none left. */
static __always_inline int take_error(void)
{
	__u32 zero = 0, window = now_ticks() >> ERROR_WINDOW_SHIFT;
	struct error_limit *limit = bpf_map_lookup_elem(&error_limit, &zero);

	if (!limit)
		return 0;
	if (limit->window != window) {
		limit->window = window;
		limit->count = 0;
	}
	if (limit->count >= settings.icmp_errors_per_second)
		return 0;
	limit->count++;
	return 1;
}

/* Not about errors, fragments without a header, or packets nobody in particular sent (RFC 1122 §3.2.2). */
static __always_inline int may_be_about(const struct eth *eth, const void *end)
{
	const struct ipv4 *ip = (const void *)(eth + 1);
	const struct icmp *icmp = (const void *)(ip + 1);

	if ((const void *)ip + ICMP_QUOTED > end || eth->type_be != ETHER_TYPE_IPV4_BE || ip->version_ihl != IP_VERSION_IHL)
		return 0;
	if (ip->fragment_be & IP_FRAGMENT_OFFSET_BE || bpf_ntohs(ip->length_be) < ICMP_QUOTED || is_nobodys(ip->src))
		return 0;
	return ip->protocol != 1 || icmp->type == ICMP_ECHO_REQUEST || icmp->type == ICMP_ECHO_REPLY;
}

/* The error in place of the packet it is about, of which the first bytes are kept. */
static __always_inline void write_error(struct icmp_error *error, __be32 gateway, const __u8 *gateway_mac, __u8 type, __u8 code, __u16 mtu)
{
	__be32 offender = error->ip.src;
	__u64 sum = 0;
	int i;

#pragma unroll
	for (i = 0; i < (int)ICMP_QUOTED; i += 4)
		store32(error->quoted + i, load32((__u8 *)&error->ip + i));
	copy_mac(error->eth.dst, error->eth.src);
	copy_mac(error->eth.src, gateway_mac);

	error->ip.version_ihl = IP_VERSION_IHL;
	error->ip.tos = 0;
	error->ip.length_be = bpf_htons(sizeof(*error) - sizeof(error->eth));
	error->ip.id_be = 0;
	error->ip.fragment_be = IP_DONT_FRAGMENT_BE;
	error->ip.ttl = ICMP_TTL;
	error->ip.protocol = 1;
	error->ip.src = gateway;
	error->ip.dst = offender;
	checksum_ipv4(&error->ip);

	error->icmp.type = type;
	error->icmp.code = code;
	error->icmp.checksum = 0;
	error->icmp.rest_be = 0;
	error->icmp.mtu_be = bpf_htons(mtu);
#pragma unroll
	for (i = 0; i < (int)(sizeof(error->icmp) + ICMP_QUOTED); i += 4)
		sum += load32((__u8 *)&error->icmp + i);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	error->icmp.checksum = ~sum;
}

/* A tunnel of its own back to the sender: whole TTL, no congestion mark, options that say nothing. */
static __always_inline void write_error_tunnel(struct encapsulation *head)
{
	__u32 datagram = sizeof(*head) - sizeof(struct eth) - sizeof(struct ipv4) + sizeof(struct icmp_error);
	struct outer *outer = &head->outer;
	__be32 sender = outer->ip.src;
	__u8 mac[6];

	reset_rts(&outer->rts);
	if (!on(SWITCH_STANDARD_OPTIONS)) {
		outer->scaled.head.type = 0;
		outer->scaled.head.length = 0;
	}
	__builtin_memset((void *)&outer->scaled + sizeof(struct option), 0, sizeof(outer->scaled) - sizeof(struct option));
	store32(&head->pod.id, 0);
	store32(&head->namespace.id, 0);

	outer->ip.tos &= ~0x03;
	outer->ip.length_be = bpf_htons(sizeof(struct ipv4) + datagram);
	outer->ip.fragment_be = on(SWITCH_CARRY_ECN_DF) ? IP_DONT_FRAGMENT_BE : 0;
	outer->ip.ttl = ICMP_TTL;
	outer->udp.length_be = bpf_htons(datagram);
	outer->ip.src = outer->ip.dst;
	outer->ip.dst = sender;
	checksum_ipv4(&outer->ip);
	copy_mac(mac, outer->eth.src);
	copy_mac(outer->eth.src, outer->eth.dst);
	copy_mac(outer->eth.dst, mac);
}

/* At transit: the packet would change network and has no TTL left. The source's network has a gateway, or nobody is told. */
static __noinline __attribute__((unused)) answer_t transit_time_exceeded(struct overlay *frame)
{
	struct xdp_md *ctx = frame->ctx;
	struct encapsulation *head = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct icmp_error *error = (void *)(head + 1);
	struct endpoint *sender = NULL;
	struct network *network;
	__be32 offender;
	__s32 slot = 0;
	int from_here;

	if (!on(SWITCH_ICMP_ERRORS) || (void *)(error + 1) - sizeof(error->icmp) - sizeof(error->quoted) > end)
		return drop(REASON_INNER_TTL_EXPIRED);
	if (option_bytes(&head->outer) != OPTION_WORDS * 4 || !may_be_about(&error->eth, end))
		return drop(REASON_INNER_TTL_EXPIRED);
	offender = frame->is_kept ? frame->original_src : error->ip.src;
	network = find_network(frame->vni, offender);
	if (!network || !network->gateway)
		return drop(REASON_INNER_TTL_EXPIRED);

	/* A bouncer or divider on the sender's own droplet: there is nobody on the wire to send it back to. */
	from_here = head->outer.ip.src == frame->own_ip;
	if (from_here) {
		sender = find_endpoint(frame->vni, offender);
		if (!sender || sender->slot == SLOT_ELSEWHERE)
			return drop(REASON_INNER_TTL_EXPIRED);
		slot = sender->slot;
	}
	if (!take_error())
		return drop(REASON_ERRORS_LIMITED);
	if (bpf_xdp_adjust_tail(ctx, (int)(sizeof(*head) + sizeof(*error)) - (int)frame_bytes(ctx)))
		return drop(REASON_INNER_TTL_EXPIRED); /* cannot be: there is room behind so short a frame */
	head = (void *)(long)ctx->data;
	error = (void *)(head + 1);
	if ((void *)(error + 1) > (void *)(long)ctx->data_end)
		return drop(REASON_INNER_TTL_EXPIRED);
	if (frame->is_kept)
		restore_as_sent(error);
	write_error(error, network->gateway, network->gateway_mac, ICMP_TIME_EXCEEDED, 0, 0);
	if (sender) {
		if (sender->flags & ENDPOINT_IS_OUTSIDE)
			translate_error(ctx, frame->vni, sizeof(*head) + sizeof(struct eth), sizeof(error->ip), 0);
		if (bpf_xdp_adjust_head(ctx, sizeof(*head)))
			return aborted(REASON_SHORT_INNER_ETHERNET);
		return redirect_by(&slots, DEVMAP_TRANSIT, slot, REASON_ICMP_ERROR, REASON_NO_ENDPOINT_SLOT);
	}
	write_error_tunnel(head);
	return redirect_nic(REASON_ICMP_ERROR);
}

/* At the agent, before encapsulation: back to the endpoint, whose slot is the agent's id. `otherwise` is why the packet ends when nobody is told. */
static __noinline __attribute__((unused)) answer_t icmp_to_endpoint(struct xdp_md *ctx, const struct agent *agent, __u32 say, __u32 mtu, __u32 otherwise)
{
	struct icmp_error *error = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	__u32 id = agent->id;

	if (!on(SWITCH_ICMP_ERRORS) || !agent->gateway)
		return drop(otherwise);
	if ((void *)(error + 1) - sizeof(error->icmp) - sizeof(error->quoted) > end || !may_be_about(&error->eth, end))
		return drop(otherwise);
	if (!take_error())
		return drop(REASON_ERRORS_LIMITED);
	if (bpf_xdp_adjust_tail(ctx, (int)sizeof(*error) - (int)frame_bytes(ctx)))
		return drop(otherwise); /* cannot be, see above */
	error = (void *)(long)ctx->data;
	if ((void *)(error + 1) > (void *)(long)ctx->data_end)
		return drop(otherwise);
	if (say & SAY_OF_TRANSLATED)
		restore_as_sent(error);
	write_error(error, agent->gateway, agent->gateway_mac, say >> 8, say, mtu);
	return redirect_by(&slots, DEVMAP_TRANSIT, id, REASON_ICMP_ERROR, REASON_NO_ENDPOINT_SLOT);
}

static __always_inline __u32 say_of(const struct flow *flow)
{
	return flow->translated ? SAY_OF_TRANSLATED : 0;
}

static __always_inline answer_t agent_time_exceeded(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow)
{
	return icmp_to_endpoint(ctx, agent, SAY(ICMP_TIME_EXCEEDED, 0) | say_of(flow), 0, REASON_INNER_TTL_EXPIRED);
}

/* `mtu`: IP bytes that fit the next hop. */
static __always_inline answer_t agent_too_big(struct xdp_md *ctx, const struct agent *agent, const struct flow *flow, __u32 mtu)
{
	return icmp_to_endpoint(ctx, agent, SAY(ICMP_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED) | say_of(flow), mtu, REASON_TOO_BIG);
}

#endif
