// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Programs for the capture hook (capture.h), one a verdict: each keeps the frame as it leaves, in a ring buffer of its own, and answers
 * the verdict it stands for. What finds no room is counted. harness/Bpf/VerdictCapture.cs plugs them in and reads.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "settings.h"

char _license[] SEC("license") = "Dual MIT/GPL";

#define CAPTURE_SNAP 2048 /* bytes of a frame that are kept; a power of two */
#define CAPTURE_RING_BYTES (1 << 20)

struct captured {
	__u64 at_ns; /* CLOCK_MONOTONIC */
	__u32 ingress_ifindex;
	__u32 length; /* of the whole frame */
	__u32 kept;
	__u32 verdict;
	__u8 bytes[CAPTURE_SNAP];
};

_Static_assert(__builtin_offsetof(struct captured, bytes) == 24, "harness/Bpf/VerdictCapture.cs");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, CAPTURE_RING_BYTES);
} captures SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct captured);
} capture_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} capture_lost SEC(".maps");

static __always_inline void count_capture_lost(void)
{
	__u32 zero = 0;
	__u64 *lost = bpf_map_lookup_elem(&capture_lost, &zero);

	if (lost)
		++*lost;
}

static __always_inline int capture(struct xdp_md *ctx, int verdict)
{
	__u32 zero = 0;
	struct captured *kept = bpf_map_lookup_elem(&capture_scratch, &zero);
	__u64 length = bpf_xdp_get_buff_len(ctx), size;

	if (!kept || !is_capturing())
		return verdict;
	kept->at_ns = bpf_ktime_get_ns();
	kept->ingress_ifindex = ctx->ingress_ifindex;
	kept->length = length;
	kept->verdict = verdict;
	if (length > CAPTURE_SNAP)
		length = CAPTURE_SNAP;
	asm volatile("" : "+r"(length)); /* one register for the check below and the call */
	if (length == 0 || length > CAPTURE_SNAP || bpf_xdp_load_bytes(ctx, 0, kept->bytes, length))
		return verdict;
	kept->kept = length;
	size = __builtin_offsetof(struct captured, bytes) + length;
	if (bpf_ringbuf_output(&captures, kept, size, 0))
		count_capture_lost();
	return verdict;
}

SEC("xdp")
int capture_aborted(struct xdp_md *ctx)
{
	return capture(ctx, XDP_ABORTED);
}

SEC("xdp")
int capture_drop(struct xdp_md *ctx)
{
	return capture(ctx, XDP_DROP);
}

SEC("xdp")
int capture_pass(struct xdp_md *ctx)
{
	return capture(ctx, XDP_PASS);
}

SEC("xdp")
int capture_tx(struct xdp_md *ctx)
{
	return capture(ctx, XDP_TX);
}

SEC("xdp")
int capture_redirect(struct xdp_md *ctx)
{
	return capture(ctx, XDP_REDIRECT);
}
