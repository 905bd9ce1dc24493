/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The frame a program was given, as its context tells. */
#ifndef MIZAR_FRAME_H
#define MIZAR_FRAME_H

#include <linux/bpf.h>
#include <linux/types.h>

/* Its length. By whole registers: begin and end are pointers to the verifier, which lets no half of one be kept on the stack. */
static __always_inline __u64 frame_bytes(const struct xdp_md *ctx)
{
	const __u8 *begin = (const void *)(long)ctx->data, *end = (const void *)(long)ctx->data_end;

	asm volatile("" : "+r"(begin), "+r"(end));
	return end - begin;
}

#endif
