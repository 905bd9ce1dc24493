// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * On the interface of a proxied endpoint whose function has an AF_XDP socket: every frame goes to the socket of its queue, and the kernel's stack sees none.
 * What comes by a queue nobody reads goes to the stack, which has no use for it (the frame is addressed to the droplet's NIC).
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* A veth of the lab has one. */
#ifndef FUNCTION_QUEUES
#define FUNCTION_QUEUES 1
#endif

char _license[] SEC("license") = "Dual MIT/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, FUNCTION_QUEUES);
	__type(key, __u32);
	__type(value, __u32);
} function_sockets SEC(".maps");

SEC("xdp")
int function_socket(struct xdp_md *ctx)
{
	return bpf_redirect_map(&function_sockets, ctx->rx_queue_index, XDP_PASS);
}
