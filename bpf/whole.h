/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Tables that programs index by themselves: an ARRAY of one value, the whole table, whose address the loader writes into the instructions that name it
 * (harness/Bpf/WholeTables.cs). A row is an addition away; by an ARRAY's own lookup it is a key stored and loaded again, a comparison, two jumps and a test for NULL,
 * ten instructions more, and a frame comes by five such tables. The loader sizes them; an index is masked, or held against a last one, by a setting that the
 * verifier knows for a constant. No helper takes such a table.
 */
#ifndef MIZAR_WHOLE_H
#define MIZAR_WHOLE_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#define WHOLE_TABLE(name, row, rows)                                                                                                 \
	struct {                                                                                                                     \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                                    \
		__uint(map_flags, BPF_F_MMAPABLE);                                                                                   \
		__uint(max_entries, 1);                                                                                              \
		__uint(key_size, sizeof(__u32));                                                                                     \
		__uint(value_size, (rows) * sizeof(row));                                                                            \
	} name SEC(".maps")

/* What stands so many bytes into a table. To the compiler the table is a map's declaration of a few words, and this some other address. */
static __always_inline void *whole_at(void *table, __u64 bytes)
{
	asm("" : "+r"(table));
	return table + bytes;
}

#endif
