// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The agent of one endpoint (spec §3.2 to §3.4), with maps of its own. */
#include "frame.h"
#include "policy.h"

char _license[] SEC("license") = "Dual MIT/GPL";

#define SLOT_TRANSIT 0
#define SLOT_REDIRECT_STATISTICS 1
#define SLOT_PASS_STATISTICS 2
#define SLOT_DROP_STATISTICS 4
#define SLOT_ABORTED_STATISTICS 5

MAP(BPF_MAP_TYPE_PROG_ARRAY, jmp_table, 100, __u32, __u32);
MAP(BPF_MAP_TYPE_ARRAY, agentmetadata_map, 1, __u32, struct metadata);
MAP(BPF_MAP_TYPE_HASH, endpoints_map, 4096, struct endpoint_key, struct endpoint);
MAP(BPF_MAP_TYPE_HASH, packet_metadata_map, 4096, struct endpoint_key, struct packet_metadata);
MAP(BPF_MAP_TYPE_DEVMAP, interfaces_map, 1, __s32, __s32);
REFERENCE(ep_host_cache);
REFERENCE(fwd_flow_mod_cache);
REFERENCE(rev_flow_mod_cache);

struct packet {
	struct xdp_md *ctx;
	struct metadata *metadata;
	struct tuple tuple; /* of ARP: sender and target */
	__u8 ttl;
};

/* §3.2 row 5. */
static __always_inline int police(struct packet *packet)
{
	__u64 vni = packet->metadata->endpoint_key.vni;
	struct connection_key reply = { .vni = vni };
	__u8 *state;
	int allowed;

	reverse(&reply.tuple, &packet->tuple);
	state = bpf_map_lookup_elem(&conn_track_cache, &reply);
	if (state) {
		allowed = *state & STATE_REEVALUATE ? ingress_allows(vni, &reply.tuple, 0, 0) : !(*state & STATE_DENIED);
		return allowed ? GO_ON : XDP_ABORTED;
	}
	allowed = egress_allows(vni, &packet->tuple);
	track(vni, &packet->tuple, allowed);
	return allowed ? GO_ON : XDP_ABORTED;
}

static __always_inline int run_ipv4(struct packet *packet, struct eth *eth, void *end)
{
	struct ipv4 *ip = (void *)(eth + 1);
	struct translation *translation;
	void *cache;
	int answer = read_tuple(ip, end, &packet->tuple);

	if (answer != GO_ON)
		return answer;
	packet->ttl = ip->ttl;
	if (!has_ports(packet->tuple.protocol))
		return GO_ON;
	answer = police(packet);
	if (answer != GO_ON)
		return answer;
	cache = referred(&fwd_flow_mod_cache_ref);
	translation = cache ? bpf_map_lookup_elem(cache, &packet->tuple) : NULL;
	if (translation) {
		translate(ip, end, &packet->tuple, translation);
		copy_mac(eth->dst, translation->dst_mac);
	}
	return GO_ON;
}

static __always_inline int run_arp(struct packet *packet, struct eth *eth, void *end)
{
	struct arp *arp = (void *)(eth + 1);

	if ((void *)arp + ARP_FIXED_BYTES > end)
		return XDP_ABORTED;
	if (arp->hardware_be != ARP_HARDWARE_ETHERNET_BE || arp->protocol_be != ETHER_TYPE_IPV4_BE)
		return XDP_DROP;
	if (arp->opcode_be != ARP_REQUEST_BE && arp->opcode_be != ARP_REPLY_BE)
		return XDP_DROP;
	if ((void *)(arp + 1) > end)
		return XDP_ABORTED;
	packet->tuple.src = load32(arp->sender_ip);
	packet->tuple.dst = load32(arp->target_ip);
	packet->ttl = ARP_TTL;
	return GO_ON;
}

/* §2.2: class in the high bytes, priority in the low; whatever is not in the table is premium and high. */
static __always_inline __u8 tos_of(__u32 class_priority)
{
	switch (class_priority) {
	case 0x01000010:
		return 20 << 2;
	case 0x01000001:
		return 30 << 2;
	case 0x00100100:
		return 46 << 2;
	case 0x00100010:
		return 32 << 2;
	case 0x00100001:
		return 24 << 2;
	case 0x00010100:
		return 16 << 2;
	case 0x00010001:
		return 8 << 2;
	default:
		return 10 << 2;
	}
}

static __always_inline int is_premium(__u8 tos)
{
	return tos == 10 << 2 || tos == 20 << 2 || tos == 30 << 2;
}

/* The next hop's address and MAC where they stand in a map: the MAC override is written there too (§2.1). */
static __always_inline int find_hop(struct packet *packet, __u32 hash, __be32 *ip, __u8 **mac)
{
	struct metadata *metadata = packet->metadata;
	struct endpoint_key key = { .vni = metadata->endpoint_key.vni, .ip = packet->tuple.dst };
	void *cache = referred(&ep_host_cache_ref);
	struct cached_host *cached = cache ? bpf_map_lookup_elem(cache, &key) : NULL;
	struct endpoint *substrate;
	__be32 *bouncer;

	if (cached) {
		*ip = cached->ip;
		*mac = cached->mac;
		return GO_ON;
	}
	if (metadata->network.nswitches == 0)
		return XDP_DROP;
	bouncer = pick(metadata->network.switches, metadata->network.nswitches, hash);
	if (!bouncer)
		return XDP_DROP;
	key.vni = 0;
	key.ip = *bouncer;
	substrate = bpf_map_lookup_elem(&endpoints_map, &key);
	if (!substrate)
		return XDP_DROP;
	*ip = key.ip;
	*mac = substrate->mac;
	return GO_ON;
}

static __always_inline void write_label(__u8 *at, __u8 type, __u32 id)
{
	*(__be16 *)at = CLASS_BE;
	at[2] = type;
	at[3] = 1;
	store32(at + 4, id);
}

/* The 114 bytes in front (§2). */
static __always_inline int encapsulate(struct packet *packet, __be32 ip, const __u8 *mac, __u32 hash, __u8 *tos)
{
	struct metadata *metadata = packet->metadata;
	struct packet_metadata *known = bpf_map_lookup_elem(&packet_metadata_map, &metadata->endpoint_key);
	__u16 inner = packet->ctx->data_end - packet->ctx->data;
	struct labels *labels;
	struct head *head;

	*tos = tos_of(known ? known->class_priority : 0);
	if (bpf_xdp_adjust_head(packet->ctx, -(int)(sizeof(*head) + sizeof(*labels))))
		return XDP_DROP;
	head = (void *)(long)packet->ctx->data;
	labels = (void *)(head + 1);
	if ((void *)(labels + 1) > (void *)(long)packet->ctx->data_end)
		return XDP_DROP;
	__builtin_memset(head, 0, sizeof(*head));
	copy_mac(head->eth.dst, mac);
	copy_mac(head->eth.src, metadata->nic.mac);
	head->eth.type_be = ETHER_TYPE_IPV4_BE;
	head->ip.version_ihl = IP_VERSION_IHL;
	head->ip.tos = *tos;
	head->ip.length_be = bpf_htons(100 + inner);
	head->ip.ttl = packet->ttl;
	head->ip.protocol = IP_PROTOCOL_UDP;
	head->ip.src = metadata->nic.ip;
	head->ip.dst = ip;
	checksum_ipv4(&head->ip);
	head->udp.src_port_be = bpf_htons(1024 + hash % 5529);
	head->udp.dst_port_be = GENEVE_PORT_BE;
	head->udp.length_be = bpf_htons(80 + inner);
	head->geneve.version_length = 16;
	head->geneve.protocol_be = ETHER_TYPE_TEB_BE;
	head->geneve.vni_reserved = bpf_htonl((__u32)metadata->endpoint_key.vni << 8);
	head->rts.class_be = CLASS_BE;
	head->rts.type = RTS_TYPE;
	head->rts.length = 3;
	store32(head->rts.ip, metadata->nic.ip);
	copy_mac(head->rts.mac, metadata->nic.mac);
	head->scaled.class_be = CLASS_BE;
	write_label((void *)&labels->pod, POD_TYPE, known ? known->pod_label : 0);
	write_label((void *)&labels->namespace, NAMESPACE_TYPE, known ? known->namespace_label : 0);
	return GO_ON;
}

static __always_inline int run(struct packet *packet)
{
	struct eth *eth = (void *)(long)packet->ctx->data;
	void *end = (void *)(long)packet->ctx->data_end;
	__u8 *mac, *override, tos;
	__u32 hash;
	__be32 ip;
	int answer;

	if ((void *)(eth + 1) > end)
		return XDP_ABORTED;
	if (eth->type_be == ETHER_TYPE_ARP_BE)
		answer = run_arp(packet, eth, end);
	else if (eth->type_be == ETHER_TYPE_IPV4_BE)
		answer = run_ipv4(packet, eth, end);
	else
		answer = XDP_DROP;
	if (answer != GO_ON)
		return answer;
	hash = hash_pair(packet->tuple.src, packet->tuple.dst);
	answer = find_hop(packet, hash, &ip, &mac);
	if (answer != GO_ON)
		return answer;
	override = packet->metadata->mac_override;
	if (load32(override) || *(__u16 *)(override + 4))
		copy_mac(mac, override);
	answer = encapsulate(packet, ip, mac, hash, &tos);
	if (answer != GO_ON)
		return answer;
	if (ip == packet->metadata->nic.ip)
		bpf_tail_call(packet->ctx, &jmp_table, SLOT_TRANSIT); /* not there: to the NIC after all (§3.4 row 7) */
	if (!is_premium(tos))
		return XDP_PASS;
	return bpf_redirect_map(&interfaces_map, 0, XDP_ABORTED);
}

SEC("agent")
int _agent(struct xdp_md *ctx)
{
	struct packet packet = { .ctx = ctx };
	__u32 zero = 0;
	int answer;

	packet.metadata = bpf_map_lookup_elem(&agentmetadata_map, &zero);
	if (!packet.metadata)
		return XDP_ABORTED; /* cannot be: an ARRAY */
	answer = run(&packet);
	if (answer == XDP_REDIRECT)
		bpf_tail_call(ctx, &jmp_table, SLOT_REDIRECT_STATISTICS);
	else if (answer == XDP_PASS)
		bpf_tail_call(ctx, &jmp_table, SLOT_PASS_STATISTICS);
	else if (answer == XDP_DROP)
		bpf_tail_call(ctx, &jmp_table, SLOT_DROP_STATISTICS);
	else
		bpf_tail_call(ctx, &jmp_table, SLOT_ABORTED_STATISTICS);
	return answer;
}
