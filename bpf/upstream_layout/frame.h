/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Reading a frame's transport and rewriting what NAT rewrites (spec §2.6, §3.2, §3.6). */
#ifndef UPSTREAM_FRAME_H
#define UPSTREAM_FRAME_H

#include "../hash.h"
#include "../wire.h"
#include "layout.h"

#define PROTOCOL_ICMP 1
#define GO_ON (-1)

#define RTS_TYPE 0x48
#define SCALED_TYPE 0x49
#define POD_TYPE 0x50
#define NAMESPACE_TYPE 0x51
#define MESSAGE_MODIFY 0x4d
#define CLASS_BE bpf_htons(0x1101)
#define LENGTH_BITS 0x1f

/* The underlay's headers and the four options, which stand at fixed places whatever the option length says (§2.5). */
struct head {
	struct eth eth;
	struct ipv4 ip;
	struct udp udp;
	struct geneve geneve;
	struct {
		__be16 class_be;
		__u8 type;
		__u8 length;
		__u8 flags;
		__u8 ip[4];
		__u8 mac[6];
		__u8 pad;
	} rts;
	struct {
		__be16 class_be;
		__u8 type;
		__u8 length;
		__u8 message;
		__u8 target[24]; /* struct translation */
		__u8 pad[3];
	} scaled;
} __attribute__((packed));

struct labels {
	struct {
		__be16 class_be;
		__u8 type;
		__u8 length;
		__u8 id[4];
	} pod, namespace;
} __attribute__((packed));

_Static_assert(sizeof(struct head) == 98 && sizeof(struct labels) == 16, "spec 02");

static __always_inline int has_ports(__u8 protocol)
{
	return protocol == IP_PROTOCOL_TCP || protocol == IP_PROTOCOL_UDP;
}

/* The tuple as both programs build it: ports at 20 bytes behind the IP header, whatever its length or offset says. */
static __always_inline int read_tuple(struct ipv4 *ip, void *end, struct tuple *tuple)
{
	__be16 *ports = (void *)(ip + 1);

	if ((void *)(ip + 1) > end)
		return XDP_ABORTED;
	tuple->src = ip->src;
	tuple->dst = ip->dst;
	tuple->protocol = ip->protocol;
	tuple->sport = 0;
	tuple->dport = 0;
	if (ip->protocol == IP_PROTOCOL_TCP && (void *)ports + TCP_BYTES > end)
		return XDP_ABORTED;
	if (ip->protocol == IP_PROTOCOL_UDP && (void *)ports + UDP_BYTES > end)
		return XDP_ABORTED;
	if (has_ports(ip->protocol)) {
		if ((void *)(ports + 2) > end)
			return XDP_ABORTED; /* for the verifier: checked above */
		tuple->sport = ports[0];
		tuple->dport = ports[1];
	}
	return GO_ON;
}

/* §2.6: HC := ~fold((~HC & 0xffff) + ~old + new), an unchanged field leaves it as it is. */
static __always_inline void replace(__u16 *checksum, __u32 old, __u32 new)
{
	__u64 sum = (__u64)(__u16)~*checksum + (__u32)~old + new;

	if (old == new)
		return;
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	*checksum = ~sum;
}

static __always_inline void replace16(__u16 *checksum, __u16 old, __u16 new)
{
	__u32 sum = (__u32)(__u16)~*checksum + (__u16)~old + new;

	if (old == new)
		return;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	*checksum = ~sum;
}

/* Ports, addresses, both checksums; `tuple` is what the frame has now and becomes what it has then. */
static __always_inline void translate(struct ipv4 *ip, void *end, struct tuple *tuple, const struct translation *to)
{
	__u16 *transport = (void *)(ip + 1), *checksum = NULL;

	if ((void *)(ip + 1) > end)
		return;
	if (tuple->protocol == IP_PROTOCOL_TCP && (void *)transport + TCP_BYTES <= end)
		checksum = transport + 8;
	else if (tuple->protocol == IP_PROTOCOL_UDP && (void *)transport + UDP_BYTES <= end)
		checksum = transport + 3;
	if (checksum) {
		replace16(checksum, tuple->dport, to->dport);
		replace16(checksum, tuple->sport, to->sport);
		replace(checksum, tuple->src, to->src);
		replace(checksum, tuple->dst, to->dst);
		transport[0] = to->sport;
		transport[1] = to->dport;
		tuple->sport = to->sport;
		tuple->dport = to->dport;
	}
	ip->src = to->src;
	ip->dst = to->dst;
	tuple->src = to->src;
	tuple->dst = to->dst;
	checksum_ipv4(ip);
}

static __always_inline void reset_rts_option(struct head *head)
{
	head->rts.type = 0;
	head->rts.length &= ~LENGTH_BITS;
	__builtin_memset(&head->rts.flags, 0, 12);
}

static __always_inline void reset_scaled_option(struct head *head)
{
	head->scaled.type = 0;
	head->scaled.length &= ~LENGTH_BITS;
	__builtin_memset(&head->scaled.message, 0, 28);
}

/* Index into a list by upstream's rule: modulo by zero leaves the hash, an index beyond the room is refused (§3.6). */
static __always_inline __be32 *pick(__be32 *list, __u32 count, __u32 hash)
{
	__u32 index = count ? hash % count : hash;

	if (index >= LIST_ROOM)
		return NULL;
	asm volatile("" : "+r"(index)); /* else the pointer is made before the check, and the verifier refuses it */
	return &list[index & (LIST_ROOM - 1)];
}

/* From ourselves, whom it was addressed to, to the next hop; one off the TTL. */
static __always_inline void readdress(struct ipv4 *ip, __be32 next)
{
	ip->src = ip->dst;
	ip->dst = next;
	ip->ttl--;
	checksum_ipv4(ip);
}

static __always_inline void set_macs(struct eth *eth, const __u8 *next)
{
	copy_mac(eth->src, eth->dst);
	copy_mac(eth->dst, next);
}

static __always_inline int options_bytes(const struct head *head)
{
	return (head->geneve.version_length & GENEVE_LENGTH_MASK) * 4;
}

#endif
