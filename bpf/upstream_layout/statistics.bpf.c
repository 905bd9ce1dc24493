// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What an agent tail-calls to count what it sends (spec §3.2 row 7): each counts, then answers its own verdict. */
#include "../wire.h"
#include "layout.h"

char _license[] SEC("license") = "Dual MIT/GPL";

MAP(BPF_MAP_TYPE_HASH, tx_stats_map, 1, __u32, struct tx_stats);

static __always_inline struct tx_stats *counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&tx_stats_map, &zero);
}

static __always_inline int is_expedited(struct xdp_md *ctx)
{
	struct eth *eth = (void *)(long)ctx->data;
	struct ipv4 *ip = (void *)(eth + 1);
	__u8 tos;

	if ((void *)(ip + 1) > (void *)(long)ctx->data_end)
		return 0;
	tos = ip->tos & ~3;
	return tos == 0xb8 || tos == 0x80 || tos == 0x60;
}

SEC("transit")
int _txstats_redirect(struct xdp_md *ctx)
{
	struct tx_stats *stats = counters();

	if (stats) {
		stats->redirect_packets++;
		stats->redirect_bytes += ctx->data_end - ctx->data;
	}
	return XDP_REDIRECT;
}

SEC("transit")
int _txstats_pass(struct xdp_md *ctx)
{
	struct tx_stats *stats = counters();

	if (stats) {
		stats->pass_packets++;
		stats->pass_bytes += ctx->data_end - ctx->data;
		if (is_expedited(ctx)) {
			stats->expedited_packets++;
			stats->expedited_bytes += ctx->data_end - ctx->data;
		}
	}
	return XDP_PASS;
}

SEC("transit")
int _txstats_drop(struct xdp_md *ctx)
{
	struct tx_stats *stats = counters();

	if (stats) {
		stats->drop_packets++;
		stats->drop_bytes += ctx->data_end - ctx->data;
	}
	return XDP_DROP;
}
