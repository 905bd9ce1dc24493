// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Times a program under BPF_PROG_TEST_RUN. The kernel does not restore a frame between repeats, so a plain repeat times another
 * path than the first (spec 11): bench_harness restores it in every iteration and goes on to the program under test by tail call.
 * What that program takes is the difference to the same harness going on to bench_floor.
 *
 * The harness can rotate: each iteration names the next of many endpoints. And it can take back what the program under test
 * learned, which bench_deletion times alone, for it is not the program's.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "frame.h"
#include "nat_tables.h"
#include "tables.h"
#include "trace.h"

char _license[] SEC("license") = "Dual MIT/GPL";

#define FRAME_MAX 2048
#define ROTATED_AT_MAX 256 /* addresses and checksums that rotate stand before this byte */

struct bench_job {
	__u32 length; /* bytes of the frame */
	__u32 rotation; /* endpoints; 0: the frame stays as it is */
	__u32 stride; /* from one endpoint to the next, less than `rotation` and prime to it */
	__u32 first; /* the first endpoint's address, as a number */
	__u32 at; /* which endpoint the frame names now */
	__u32 address_at; /* where in the frame */
	__u32 checksum_at; /* of the IPv4 header that has it */
	__u32 forget; /* 1 + enum changed_table: delete `key` there before every iteration; 0: nothing */
	__u8 key[CHANGED_KEY_MAX];
	__u8 frame[FRAME_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bench_job);
} bench_job SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} bench_target SEC(".maps");

#define BENCH_LOOKUPS_MAX 65537

/* What a bare lookup looks in: the kernel's hash, of as many entries as `endpoints` has. */
struct bench_value {
	__u64 words[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, BENCH_LOOKUPS_MAX);
	__type(key, struct endpoint_key);
	__type(value, struct bench_value);
} bench_lookups SEC(".maps");

/* Nanoseconds of DELETIONS deletions. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} bench_told SEC(".maps");

static __always_inline struct bench_job *find_job(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&bench_job, &zero);
}

/* Writes the next endpoint's address into the kept frame, and the checksum's difference (RFC 1624). */
static __always_inline void rotate(struct bench_job *job)
{
	__u32 next = job->at + job->stride, address_at = job->address_at, checksum_at = job->checksum_at, before, after;
	__u16 *checksum;
	__u64 sum;

	if (next >= job->rotation)
		next -= job->rotation;
	if (address_at > ROTATED_AT_MAX || checksum_at > ROTATED_AT_MAX)
		return;
	before = bpf_htonl(job->first + job->at);
	after = bpf_htonl(job->first + next);
	*(__u32 *)&job->frame[address_at] = after;
	checksum = (__u16 *)&job->frame[checksum_at];
	sum = (__u16)~*checksum + (__u64)(__u32)~before + after;
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	*checksum = ~sum;
	job->at = next;
}

/* A client's flow to a service, in both directions. */
static __always_inline void forget_translation(const struct nat_key *key)
{
	struct nat_value *value = nat_find(key);
	struct nat_key twin;

	if (!value)
		return;
	nat_twin_of(&twin, key, value);
	nat_delete(key);
	nat_delete(&twin);
}

static __always_inline void forget(struct bench_job *job)
{
	switch (job->forget) {
	case 1 + CHANGED_FORWARD_NAT:
		forget_translation((struct nat_key *)job->key);
		break;
	case 1 + CHANGED_DIRECT_PATH:
		direct_path_delete((struct direct_path_key *)job->key);
		break;
	}
}

static __always_inline int restore(struct xdp_md *ctx, struct bench_job *job)
{
	__u64 length = job->length;
	int grown = (int)frame_bytes(ctx) - (int)length;

	if (grown && bpf_xdp_adjust_head(ctx, grown))
		return -1;
	if (job->rotation)
		rotate(job);
	if (job->forget)
		forget(job);
	asm volatile("" : "+r"(length)); /* one register for the check below and the call */
	if (length == 0 || length > FRAME_MAX)
		return -1;
	return bpf_xdp_store_bytes(ctx, 0, job->frame, length);
}

SEC("xdp")
int bench_harness(struct xdp_md *ctx)
{
	struct bench_job *job = find_job();

	if (!job || restore(ctx, job))
		return XDP_ABORTED;
	bpf_tail_call(ctx, &bench_target, 0);
	return XDP_ABORTED;
}

/* What every figure is measured from. */
SEC("xdp")
int bench_floor(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_TX;
}

#define LOOKED_UP_AT 144 /* the inner destination: 114 bytes of headers, Ethernet, 16 of IPv4 */

/* One lookup of the address that rotates, or would. Another verdict when it is not there. */
SEC("xdp")
int bench_lookup(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	__u8 *data = (void *)(long)ctx->data;
	struct endpoint_key key = { .vni = 3 };
	struct bench_value *value;

	if ((void *)data + LOOKED_UP_AT + 4 > end)
		return XDP_ABORTED;
	key.ip = *(__u32 *)(data + LOOKED_UP_AT);
	value = bpf_map_lookup_elem(&bench_lookups, &key);
	if (!value || value->words[1] == 0)
		return XDP_DROP;
	return XDP_TX;
}

#define DELETIONS 64

/* Deletes rows that it wrote before, by what a frame learned, with nothing else on the clock. */
static __always_inline __u64 time_forgotten_hosts(void)
{
	struct direct_path_key key = { .vni = 0x7fffffff };
	struct cached_host host = {};
	__u64 begin;

	for (int i = 0; i < DELETIONS; i++) {
		key.ip = i;
		direct_path_write(&key, &host, LEARNED_ANY);
	}
	begin = bpf_ktime_get_ns();
	for (int i = 0; i < DELETIONS; i++) {
		key.ip = i;
		direct_path_delete(&key);
	}
	return bpf_ktime_get_ns() - begin;
}

static __always_inline __u64 time_forgotten_translations(void)
{
	struct nat_key key = { .vni = 0x7fffffff }, twin;
	struct nat_value value = {};
	__u64 begin;

	for (int i = 0; i < DELETIONS; i++) {
		key.src_port_be = i;
		value.src_port_be = i;
		nat_twin_of(&twin, &key, &value);
		nat_write(&key, &value, LEARNED_ANY);
		nat_write(&twin, &value, LEARNED_ANY);
	}
	begin = bpf_ktime_get_ns();
	for (int i = 0; i < DELETIONS; i++) {
		key.src_port_be = i;
		forget_translation(&key);
	}
	return bpf_ktime_get_ns() - begin;
}

SEC("xdp")
int bench_deletion(struct xdp_md *ctx)
{
	struct bench_job *job = find_job();
	__u32 zero = 0;
	__u64 *told = bpf_map_lookup_elem(&bench_told, &zero);

	(void)ctx;
	if (!told || !job)
		return XDP_ABORTED;
	switch (job->forget) {
	case 1 + CHANGED_DIRECT_PATH:
		*told = time_forgotten_hosts();
		break;
	case 1 + CHANGED_FORWARD_NAT:
		*told = time_forgotten_translations();
		break;
	default:
		return XDP_ABORTED;
	}
	return XDP_TX;
}
