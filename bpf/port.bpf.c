// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * For the far end of a NIC's link, in a live run. A veth takes what its peer sends with XDP_TX out of its ring only where it runs an XDP
 * program itself (veth_xdp_flush asks for one; receive offload alone is not enough), and the scaled-endpoint stage answers XDP_TX (spec §3.9.1).
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "Dual MIT/GPL";

SEC("xdp")
int port(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}
