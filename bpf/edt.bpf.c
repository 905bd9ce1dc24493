// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The rate limit of best-effort traffic (spec §3.11), on the NIC's egress, behind the host's bridge: what agents pass because it is
 * not premium comes by here. It holds no queue. A frame that comes too early gets a departure time, which a queue that heeds it (fq) keeps,
 * or is dropped when that is as far away as the horizon; with a horizon of 0, which is what upstream programs, it needs none.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "class.h"
#include "clock.h"
#include "switches.h"
#include "wire.h"

char _license[] SEC("license") = "Dual MIT/GPL";

#ifndef BANDWIDTH_MAX
#define BANDWIDTH_MAX 64
#endif

#define NANOSECONDS_A_SECOND 1000000000ull
#define BURST_NS 5000000ull /* with SWITCH_PACED_EDT: as much may have been saved up, or two frames */
#define PACED_CLASSES 3

struct bandwidth {
	__u64 bytes_per_second; /* 0: nothing takes any time */
	__u64 horizon_ns;
};

/* When what was sent last is through at this rate, a class each; upstream has one for all. */
struct pacing {
	__u64 last_ns[PACED_CLASSES];
	struct bpf_spin_lock lock;
	__u32 pad;
};

/* Key: the outer source. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, BANDWIDTH_MAX);
	__type(key, __be32);
	__type(value, struct bandwidth);
} bandwidth SEC(".maps");

/* Apart, so that a limit that is written anew forgives nothing. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, BANDWIDTH_MAX);
	__type(key, __be32);
	__type(value, struct pacing);
} pacing SEC(".maps");

/* Not the coarse clock: at 1 Gbit/s a frame takes 12 us. */
static __always_inline __u64 precise_ns(void)
{
	return settings.lab_clock ? now_ns() : bpf_ktime_get_ns();
}

/* DSCP 16, 0 and 8. */
static __always_inline int best_effort_class(__u8 tos)
{
	switch (tos & ~TOS_ECN) {
	case 0x40:
		return 0;
	case 0x00:
		return 1;
	case 0x20:
		return 2;
	default:
		return -1;
	}
}

static __always_inline struct pacing *pacing_of(__be32 source)
{
	static const struct pacing fresh;
	struct pacing *state = bpf_map_lookup_elem(&pacing, &source);

	if (state)
		return state;
	bpf_map_update_elem(&pacing, &source, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&pacing, &source);
}

/*
 * When the frame may go; 0: not at all. Upstream reads, thinks and writes without a lock, so that CPUs overwrite one another (§8.1 P26);
 * and nothing is saved up while nothing is sent.
 */
static __always_inline __u64 departure(struct pacing *state, int class, const struct bandwidth *limit, __u64 now, __u64 arrival, __u64 delay)
{
	__u64 burst = BURST_NS > 2 * delay ? BURST_NS : 2 * delay, horizon = limit->horizon_ns, next, at = arrival;
	__u64 earliest = on(SWITCH_PACED_EDT) && arrival > burst ? arrival - burst : 0;

	bpf_spin_lock(&state->lock);
	next = (state->last_ns[class] > earliest ? state->last_ns[class] : earliest) + delay;
	if (next <= arrival)
		state->last_ns[class] = on(SWITCH_PACED_EDT) ? next : arrival;
	else if (next - now >= horizon)
		at = 0;
	else
		state->last_ns[class] = at = next;
	bpf_spin_unlock(&state->lock);
	return at;
}

static __always_inline int pace(struct __sk_buff *skb, __be32 source, int class)
{
	struct bandwidth *limit = bpf_map_lookup_elem(&bandwidth, &source);
	__u64 now = precise_ns(), arrival = skb->tstamp > now ? skb->tstamp : now, delay = 0, at;
	struct pacing *state;

	if (!limit)
		return TC_ACT_OK;
	state = pacing_of(source);
	if (!state)
		return TC_ACT_OK; /* cannot be: as many entries as limits */
	if (limit->bytes_per_second)
		delay = skb->wire_len * NANOSECONDS_A_SECOND / limit->bytes_per_second;
	at = departure(state, class, limit, now, arrival, delay);
	if (at == 0)
		return TC_ACT_SHOT;
	if (at != arrival)
		skb->tstamp = at;
	return TC_ACT_OK;
}

SEC("tc")
int edt(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct eth *eth = data;
	struct ipv4 *ip = (void *)(eth + 1);
	struct udp *udp = (void *)(ip + 1);
	int class;

	if ((void *)(udp + 1) > end || eth->type_be != ETHER_TYPE_IPV4_BE || ip->protocol != IP_PROTOCOL_UDP || udp->dst_port_be != GENEVE_PORT_BE)
		return TC_ACT_OK;
	class = best_effort_class(ip->tos);
	if (class < 0)
		return TC_ACT_OK;
	return pace(skb, ip->src, on(SWITCH_PACED_EDT) ? class : 0);
}
