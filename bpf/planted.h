/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Bugs on purpose, each behind a define that nobody sets but a test: it compiles the programs with one (BPF_CFLAGS of build.sh) and asks the fuzzer to find
 * and shrink it (docs/conformance.md). Without the define a macro is what stands in its place anyway.
 */
#ifndef MIZAR_PLANTED_H
#define MIZAR_PLANTED_H

#ifdef PLANT_WRONG_CHECKSUM
#define PLANTED_CHECKSUM(sum) ((sum) ^ 0x0100)
#else
#define PLANTED_CHECKSUM(sum) (sum)
#endif

#ifdef PLANT_MISSING_TTL_CHECK
#define PLANTED_TTL_IS_OVER(ttl) ((void)(ttl), 0)
#else
#define PLANTED_TTL_IS_OVER(ttl) ((ttl) == 0)
#endif

#ifdef PLANT_FORGOTTEN_CACHE_WRITE
#define PLANTED_FORGOTTEN_WRITE 1
#else
#define PLANTED_FORGOTTEN_WRITE 0
#endif

#ifdef PLANT_WRONG_OPTION_BYTE
#define PLANTED_OPTION_BYTE 0x01
#else
#define PLANTED_OPTION_BYTE 0
#endif

/* Where a port stands behind a transport header's begin: the source's at 0, the destination's at 2. */
#ifdef PLANT_SWAPPED_PORT
#define PLANTED_PORT_AT(at) (2 - (at))
#define PLANTED_PORTS(both) ((both) << 16 | (both) >> 16)
#else
#define PLANTED_PORT_AT(at) (at)
#define PLANTED_PORTS(both) (both)
#endif

/* Whether a function speaks for another VPC than its own. */
#ifdef PLANT_MISSING_VNI_CHECK
#define PLANTED_IS_FOREIGN(differs) ((void)(differs), 0)
#else
#define PLANTED_IS_FOREIGN(differs) (differs)
#endif

#endif
