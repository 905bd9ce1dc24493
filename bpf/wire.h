/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What stands on the wire (spec 02): headers, offsets, constants. Fields of network order are of a __be type or named _be.
 *
 * Two layouts meet here. The headers of the underlay have their natural alignment relative to the frame's byte 14, so plain
 * loads are what the kernel itself does. Mizar's options have words at odd offsets; they are read and written with load32()
 * and its like, which compile to one unaligned access (the verifier refuses that only on machines that cannot do it).
 * The objects are built with -fno-strict-aliasing, for a short Geneve option length makes headers overlap (spec §3.5 row 14).
 */
#ifndef MIZAR_WIRE_H
#define MIZAR_WIRE_H

#include <linux/types.h>
#include <bpf/bpf_endian.h>

#include "planted.h"

#define ETHER_TYPE_IPV4_BE bpf_htons(0x0800)
#define ETHER_TYPE_ARP_BE bpf_htons(0x0806)
#define ETHER_TYPE_TEB_BE bpf_htons(0x6558) /* transparent Ethernet bridging: an Ethernet frame in Geneve */

#define IP_PROTOCOL_ICMP 1
#define IP_PROTOCOL_TCP 6
#define IP_PROTOCOL_UDP 17
#define IP_PROTOCOL_SCTP 132
#define IP_VERSION_IHL 0x45
#define IP_IHL_MASK 0x0f
#define IP_DONT_FRAGMENT_BE bpf_htons(0x4000)
#define IP_MORE_FRAGMENTS_BE bpf_htons(0x2000)
#define IP_FRAGMENT_OFFSET_BE bpf_htons(0x1fff)

#define GENEVE_PORT_BE bpf_htons(6081)

/* 1024 + hash mod 5529; the upper end 6553 is upstream's (§2.3). */
#define SOURCE_PORT_BASE 1024
#define SOURCE_PORT_COUNT 5529

/* The dynamic ports (RFC 6335), as RFC 8926 §3.3 asks for (SWITCH_SOURCE_PORTS). */
#define DYNAMIC_PORT_BASE 49152
#define DYNAMIC_PORT_MASK 0x3fff

#define OUTER_TTL 64 /* that says nothing of the inner one (SWITCH_OUTER_TTL) */

#define ARP_HARDWARE_ETHERNET_BE bpf_htons(1)
#define ARP_REQUEST_BE bpf_htons(1)
#define ARP_REPLY_BE bpf_htons(2)
#define ARP_TTL 64 /* outer TTL of an encapsulated ARP frame (§3.3) */

#define TOS_LOW_PRIORITY 0x02 /* ECT(0), taken for a class by upstream (§3.6 row 6) */

#define OPTION_CLASS_STANDARD_BE bpf_htons(0x0111) /* as RFC 8926 has it (SWITCH_STANDARD_OPTIONS) */
#define OPTION_CLASS_BE bpf_htons(0x1101) /* upstream's constant 0x0111, stored without byte swapping (§2.5) */
#define OPTION_STANDARD_CLASS_BE bpf_htons(0x0111) /* the same in network order, SWITCH_STANDARD_OPTIONS */
#define OPTION_RTS 0x48
#define OPTION_SCALED 0x49
#define OPTION_SCALED_WORDS 7
#define SCALED_MODIFY 0x4d /* ASCII M: what the client's host is to make of the flow follows */
#define OPTION_POD_LABEL 0x50
#define OPTION_NAMESPACE_LABEL 0x51
#define OPTION_LENGTH_MASK 0x1f

/* Minimum bytes of a transport header that must be there, at 20 bytes behind the IP header whatever its length says (§3.2). */
#define TCP_BYTES 20
#define UDP_BYTES 8
#define SCTP_BYTES 12
#define TCP_OFFSET_AT 12
#define TCP_FLAGS_AT 13
#define TCP_CHECKSUM_AT 16
#define UDP_LENGTH_AT 4
#define UDP_CHECKSUM_AT 6

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

#define ICMP_ECHO_REPLY 0
#define ICMP_UNREACHABLE 3
#define ICMP_FRAGMENTATION_NEEDED 4 /* a code of it */
#define ICMP_ECHO_REQUEST 8
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETER_PROBLEM 12

struct eth {
	__u8 dst[6];
	__u8 src[6];
	__be16 type_be;
};

struct ipv4 {
	__u8 version_ihl;
	__u8 tos;
	__be16 length_be;
	__be16 id_be;
	__be16 fragment_be;
	__u8 ttl;
	__u8 protocol;
	__sum16 checksum;
	__be32 src;
	__be32 dst;
};

struct udp {
	__be16 src_port_be;
	__be16 dst_port_be;
	__be16 length_be;
	__sum16 checksum;
};

struct geneve {
	__u8 version_length; /* version (2 bits), option length in words (6 bits) */
	__u8 flags;
	__be16 protocol_be;
	__be32 vni_reserved; /* VNI (24 bits), 0 */
};

#define GENEVE_LENGTH_MASK 0x3f

struct option {
	__be16 class_be;
	__u8 type;
	__u8 length; /* 3 bits as received, length in words (5 bits) */
};

struct rts_option { /* "return to sender": the host that sent this */
	struct option head;
	__u8 flags;
	__u8 host_ip[4];
	__u8 host_mac[6];
	__u8 pad;
};

struct scaled_option {
	struct option head;
	union {
		__u8 data[28];
		struct {
			__u8 message;
			__u8 src_ip[4];
			__u8 dst_ip[4];
			__u8 src_port[2];
			__u8 dst_port[2];
			__u8 src_mac[6];
			__u8 dst_mac[6];
			__u8 pad[3];
		};
	};
};

struct label_option {
	struct option head;
	__u32 id; /* in the sender's byte order */
};

struct icmp {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be16 rest_be; /* an echo's identifier */
	__be16 mtu_be;
};

/* What every Geneve frame of ours begins with; receivers use these offsets, they do not walk options. */
struct outer {
	struct eth eth;
	struct ipv4 ip;
	struct udp udp;
	struct geneve geneve;
	struct rts_option rts;
	struct scaled_option scaled;
} __attribute__((packed, aligned(2)));

struct encapsulation {
	struct outer outer;
	struct label_option pod;
	struct label_option namespace;
} __attribute__((packed, aligned(2)));

struct arp {
	__be16 hardware_be;
	__be16 protocol_be;
	__u8 hardware_length; /* not looked at without SWITCH_STRICT_PARSING */
	__u8 protocol_length;
	__be16 opcode_be;
	__u8 sender_mac[6];
	__u8 sender_ip[4];
	__u8 target_mac[6];
	__u8 target_ip[4];
};

#define ARP_FIXED_BYTES 8 /* up to the opcode */

_Static_assert(sizeof(struct eth) == 14 && sizeof(struct ipv4) == 20 && sizeof(struct udp) == 8, "underlay headers");
_Static_assert(sizeof(struct geneve) == 8 && sizeof(struct rts_option) == 16 && sizeof(struct scaled_option) == 32, "Geneve headers");
_Static_assert(sizeof(struct outer) == 98 && sizeof(struct encapsulation) == 114, "spec 2: 114 bytes are added");
_Static_assert(sizeof(struct arp) == 28, "ARP");

/* Bytes of the option area of a frame we send, in words: 16 + 32 + 8 + 8 bytes. */
#define OPTION_WORDS ((sizeof(struct encapsulation) - 50) / 4)
#define GENEVE_OPTIONS_AT 50
#define GENEVE_UDP_AT 34

static __always_inline __u32 load32(const void *at)
{
	return *(const __u32 *)at;
}

static __always_inline __u64 load64(const void *at)
{
	return *(const __u64 *)at;
}

static __always_inline void store32(void *at, __u32 value)
{
	*(__u32 *)at = value;
}

static __always_inline int is_broadcast(const void *mac)
{
	return load32(mac) == 0xffffffff && *(const __u16 *)((const __u8 *)mac + 4) == 0xffff;
}

static __always_inline void copy_mac(void *to, const void *from)
{
	__u32 head = *(const __u32 *)from;
	__u16 rest = *(const __u16 *)((const __u8 *)from + 4);

	*(__u32 *)to = head;
	*(__u16 *)((__u8 *)to + 4) = rest;
}

static __always_inline int same_mac(const void *a, const void *b)
{
	return *(const __u32 *)a == *(const __u32 *)b && *(const __u16 *)((const __u8 *)a + 4) == *(const __u16 *)((const __u8 *)b + 4);
}

/*
 * Ones'-complement sums without folding. 2^16 is 1 modulo 0xffff, so sixteen bits of a sum are its remainder by 0xffff; and CHECKSUM_FACTOR times 0xffff is 1 modulo
 * 2^64. So of a sum of so many 0xffff and no more the product is how many; of any other sum of less than 2^48 it has the remainder's complement, which is the checksum,
 * in its highest sixteen bits, and below them sixteen bits at least that say so. Of 0 the checksum is not 0xffff but 0: no header sums to that.
 */
#define CHECKSUM_FACTOR 0xfffefffefffeffffull

_Static_assert(CHECKSUM_FACTOR * 0xffff == 1, "the inverse");

static __always_inline __u16 checksum_of(__u64 sum)
{
	return sum * CHECKSUM_FACTOR >> 48;
}

/* Sixteen bits of such a sum: 0xffff, and not 0, when all bits of it are ones. */
static __always_inline __u16 fold_sum(__u64 sum)
{
	return sum * -CHECKSUM_FACTOR >> 48;
}

/* 0 when a header's words, less than 2^36 together and not 0, sum to ones: its checksum is right. */
static __always_inline __u64 sum_differs(__u64 sum)
{
	return sum * CHECKSUM_FACTOR >> 20;
}

/*
 * An IPv4 header by words, as they lie in memory. Headers that change are put together in registers and stored whole: a load over bytes that were just
 * stored by narrower stores waits until those have left the store buffer, 15 ns and more.
 */
#define IPV4_WORD_TTL 2 /* TTL, protocol, checksum */
#define IPV4_WORD_SRC 3
#define IPV4_WORD_DST 4
#define IPV4_TTL_MASK 0x000000ffu
#define IPV4_PROTOCOL_MASK 0x0000ff00u
#define IPV4_CHECKSUM_SHIFT 16

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a word is its low one");

/* Stores the word with the checksum; `sum` is that of the other four words. `ttl_protocol` has no checksum in it. */
static __always_inline void store_checked_word(__u32 *word, __u64 sum, __u32 ttl_protocol)
{
	word[IPV4_WORD_TTL] = ttl_protocol | (__u32)(__u16)PLANTED_CHECKSUM(checksum_of(sum + ttl_protocol)) << IPV4_CHECKSUM_SHIFT;
}

/* The header's checksum over its 20 fixed bytes; options are not consulted (§3.6). */
static __always_inline void checksum_ipv4(struct ipv4 *ip)
{
	__u32 *word = (__u32 *)ip;

	store_checked_word(word, (__u64)word[0] + word[1] + word[IPV4_WORD_SRC] + word[IPV4_WORD_DST],
			   word[IPV4_WORD_TTL] & (IPV4_TTL_MASK | IPV4_PROTOCOL_MASK));
}

/* An IPv4 header's destination, by halves: behind Ethernet alone it crosses 32 bytes, and is waited for as above when the frame was just written by such steps. */
static __always_inline __be32 load_dst(const struct ipv4 *ip)
{
	const volatile __u16 *half = (const void *)&ip->dst;

	return half[0] | (__u32)half[1] << 16;
}

/*
 * The same to a header whose checksum is known to be right, whose TTL is left over, and which is sent by whom it came to: by what changes (RFC 1624). Its old words but checksum, source and TTL
 * sum to what those are short of a multiple of 0xffff.
 */
#define CHECKSUM_SLACK (0xffffull * 0x10003 - 1) /* a multiple of 0xffff that what is subtracted fits into, less the TTL's one */

static __always_inline void pass_on_ipv4(struct ipv4 *ip, __be32 own, __be32 next)
{
	const __u32 *src = (const void *)&ip->src;
	__u64 sum = CHECKSUM_SLACK - ip->checksum - *src + next;

	--ip->ttl;
	ip->checksum = PLANTED_CHECKSUM(checksum_of(sum));
	ip->src = own;
	ip->dst = next;
}

/* Gives the header other addresses and one TTL less; answers that. */
static __always_inline __u8 readdress_ipv4(struct ipv4 *ip, __be32 src, __be32 dst)
{
	__u32 *word = (__u32 *)ip, last = word[IPV4_WORD_TTL];
	__u8 ttl = last - 1;

	store_checked_word(word, (__u64)word[0] + word[1] + src + dst, (last & IPV4_PROTOCOL_MASK) | ttl);
	ip->src = src;
	ip->dst = dst;
	return ttl;
}

#endif
