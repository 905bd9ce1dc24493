/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The frame nearly every frame is: all that the ladders of parse.h and strict.h ask of it, in few wide loads whose differences from what is asked are
 * gathered and looked at once. Sufficient and not necessary: what is not plain walks the ladder, which alone knows what is wrong with it, if anything
 * is. So whatever passes here must pass there; `mizarlab fuzz` holds the two together. Only with strict parsing of standard options, which is what makes
 * the ladders long.
 */
#ifndef MIZAR_PLAIN_H
#define MIZAR_PLAIN_H

#include "flow.h"
#include "strict.h"
#include "switches.h"
#include "wire.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are compared as they lie in memory");

/* Of an IPv4 header's first three words (IPV4_WORD_TTL is the third). */
#define PLAIN_VERSION_MASK 0x000000ffu
#define PLAIN_LENGTH_SHIFT 16
#define PLAIN_FRAGMENT_MASK 0xff3f0000u /* the offset, and more to come */
#define PLAIN_DONT_FRAGMENT_SHIFT (16 + 6)
#define PLAIN_UDP (IP_PROTOCOL_UDP << 8)

/* From the outer UDP checksum on: none; a Geneve header of version 0 with 64 bytes of options, neither control nor critical, carrying Ethernet. */
#define PLAIN_GENEVE_AT 40
#define PLAIN_GENEVE_MASK 0x0000ffffc0ffffffull
#define PLAIN_GENEVE 0x0000586500100000ull
#define PLAIN_VNI_MASK 0x00ffffffu

_Static_assert(PLAIN_GENEVE == (0x5865ull << 32 | (__u64)OPTION_WORDS << 16), "Ethernet in Geneve, with all options");

static __always_inline int plain_is_asked(void)
{
	return on(SWITCH_STRICT_PARSING) && on(SWITCH_STANDARD_OPTIONS);
}

/* Nothing in it that any switch has another opinion on. */
static __always_inline int is_plain_tunnel(const struct encapsulation *head, const void *end, __be32 own_ip)
{
	const struct outer *outer = &head->outer;
	const __u32 *word = (const __u32 *)&outer->ip;
	__u32 datagram, total, differs;
	__u64 geneve;

	if ((const void *)(head + 1) > end)
		return 0;
	datagram = bpf_ntohs(outer->udp.length_be);
	total = bpf_ntohs(word[0] >> PLAIN_LENGTH_SHIFT);
	geneve = *(const __u64 *)((const __u8 *)outer + PLAIN_GENEVE_AT);
	differs = (outer->eth.dst[0] & 1) | (outer->eth.type_be ^ ETHER_TYPE_IPV4_BE) | ((word[0] & PLAIN_VERSION_MASK) ^ IP_VERSION_IHL) |
		  (word[1] & PLAIN_FRAGMENT_MASK) | ((word[IPV4_WORD_TTL] & IPV4_PROTOCOL_MASK) ^ PLAIN_UDP) | (word[IPV4_WORD_DST] ^ own_ip) |
		  (outer->udp.dst_port_be ^ GENEVE_PORT_BE) | ((datagram + sizeof(struct ipv4)) ^ total);
	differs |= ((load32(&outer->rts) ^ OPTION_WORD(OPTION_RTS, 3)) | (load32(&outer->scaled) ^ OPTION_WORD(OPTION_SCALED, 7)) |
		    (load32(&head->pod) ^ OPTION_WORD(OPTION_POD_LABEL, 1)) | (load32(&head->namespace) ^ OPTION_WORD(OPTION_NAMESPACE_LABEL, 1))) &
		   OPTION_WORD_MASK;
	if (differs || (geneve & PLAIN_GENEVE_MASK) != PLAIN_GENEVE)
		return 0;
	if (!(load32(&outer->geneve.vni_reserved) & PLAIN_VNI_MASK) || !(word[IPV4_WORD_TTL] & IPV4_TTL_MASK))
		return 0;
	if (datagram < LEAST_DATAGRAM || total > (__u64)(end - (const void *)&outer->ip))
		return 0;
	return sums_to_ones(sum_plain_header(&outer->ip));
}

/* An address that is one machine's, of class A, B or C and not 0.0.0.0/8. */
static __always_inline int is_plain_source(__be32 ip)
{
	return (ip & 0xff) - 1 < 0xdf;
}

/*
 * Reads a whole packet of UDP, TCP or ICMP without IPv4 options, of which `bytes` are there by the frame's account. 0 when it is anything else: the flow is
 * as it was. All of the flow is stored by words, from registers (wire.h).
 */
static __always_inline int read_plain_packet(const struct ipv4 *ip, const void *end, __u32 bytes, struct flow *flow)
{
	const __u8 *transport = (const void *)(ip + 1);
	const __u32 *word = (const __u32 *)ip;
	__u32 total, segment, ports, flags = 0;
	enum ports are_read;
	__u8 protocol;

	if ((const void *)(transport + UDP_BYTES) > end)
		return 0;
	total = bpf_ntohs(word[0] >> PLAIN_LENGTH_SHIFT);
	if (((word[0] & PLAIN_VERSION_MASK) ^ IP_VERSION_IHL) | (word[1] & PLAIN_FRAGMENT_MASK))
		return 0;
	if (total > bytes || !(word[IPV4_WORD_TTL] & IPV4_TTL_MASK) || !is_plain_source(word[IPV4_WORD_SRC]) || !sums_to_ones(sum_plain_header(ip)))
		return 0;
	segment = total - sizeof(*ip);
	protocol = word[IPV4_WORD_TTL] >> 8;
	if ((__s32)segment < UDP_BYTES)
		return 0;
	are_read = PORTS_READ;
	ports = load32(transport);
	if (protocol == IP_PROTOCOL_UDP) {
		if (bpf_ntohs(*(const __be16 *)(transport + 4)) != segment)
			return 0;
	} else if (protocol == IP_PROTOCOL_TCP) {
		if ((const void *)(transport + TCP_BYTES) > end || segment < (transport[TCP_OFFSET_AT] >> 4) * 4 || transport[TCP_OFFSET_AT] >> 4 < TCP_BYTES / 4)
			return 0;
		flags = transport[TCP_FLAGS_AT];
	} else if (protocol == IP_PROTOCOL_ICMP) {
		are_read = PORTS_NONE;
		ports = 0;
	} else {
		return 0;
	}
	store_flow(flow, ip, are_read, ports, flags);
	return 1;
}

#endif
