using System.Collections.Immutable;
using System.Numerics;
using MizarLab.DataPlane;

namespace MizarLab.Studies;

/// <summary>How the kernel keeps a map's rows.</summary>
internal enum MapKind : byte
{
    /// <summary>All rows from the beginning, by index.</summary>
    Array,

    /// <summary>A hash table whose rows are all there from the beginning, used or not.</summary>
    Hash,

    /// <summary>A hash table that makes rows as they come: at first it is its buckets.</summary>
    GrowingHash,

    /// <summary>A trie of prefixes that makes nodes as they come.</summary>
    Trie,
}

/// <summary>One map of a droplet: what it takes before there is a row.</summary>
internal readonly record struct MapSize(string Name, MapKind Kind, int Entries, int KeyBytes, int ValueBytes)
{
    /// <summary>Of a hash table's element: list, hash, flags (spec 03 §3.1 assumes 48).</summary>
    private const int ElementHead = 48;
    private const int BucketBytes = 16;

    /// <summary>Of a hash table's row.</summary>
    public long RowBytes => ElementHead + Rounded(KeyBytes) + Rounded(ValueBytes);

    public long Bytes => Kind switch
    {
        MapKind.Array => (long)Entries * Rounded(ValueBytes),
        MapKind.Hash => (Entries * RowBytes) + Buckets,
        MapKind.GrowingHash => Buckets,
        _ => 0,
    };

    private long Buckets => (long)BitOperations.RoundUpToPowerOf2((uint)Entries) * BucketBytes;

    private static int Rounded(int bytes) => (bytes + 7) & ~7;
}

/// <summary>The maps of both data planes as data: upstream's by its layout (spec 03 §3.15), ours as <c>bpf/</c> declares them with the sizes of the dialect <c>lab</c>.</summary>
internal static class MemoryTables
{
    private const int Policies = 1_048_576;

    /// <summary>A host's, shared by all its endpoints.</summary>
    public static readonly ImmutableArray<MapSize> UpstreamHost =
    [
        new("endpoints_map", MapKind.Hash, 65_537, 12, 532),
        new("vpc_map", MapKind.Hash, 8_192, 8, 516),
        new("port_map", MapKind.Hash, 65_536, 15, 4),
        new("hosted_endpoints_iface_map", MapKind.Hash, 65_537, 12, 4),
        new("networks_map", MapKind.Trie, 16_385, 16, 532),
        new("fwd_flow_mod_cache", MapKind.Hash, 50_000, 13, 24),
        new("rev_flow_mod_cache", MapKind.Hash, 50_000, 13, 24),
        new("ep_flow_host_cache", MapKind.Hash, 50_000, 13, 10),
        new("ep_host_cache", MapKind.Hash, 50_000, 12, 10),
        new("conn_track_cache", MapKind.Hash, 50_000, 21, 1),
        new("eg_vsip_enforce_map", MapKind.Hash, 1_024, 12, 1),
        new("ing_vsip_enforce_map", MapKind.Hash, 1_024, 12, 1),
        new("eg_vsip_ppo_map", MapKind.Hash, Policies, 15, 8),
        new("ing_vsip_ppo_map", MapKind.Hash, Policies, 15, 8),
        new("ing_pod_label_policy_map", MapKind.Hash, Policies, 12, 8),
        new("ing_namespace_label_policy_map", MapKind.Hash, Policies, 12, 8),
        new("ing_pod_and_namespace_label_policy_map", MapKind.Hash, Policies, 16, 8),
        new("prefix maps of policies", MapKind.Trie, Policies, 20, 8),
        new("jmp_table", MapKind.Array, 100, 4, 8),
        new("interfaces_map", MapKind.Array, 128, 4, 8),
    ];

    /// <summary>An endpoint's own agent's.</summary>
    public static readonly ImmutableArray<MapSize> UpstreamAgent =
    [
        new("endpoints_map", MapKind.Hash, 4_096, 12, 532),
        new("packet_metadata_map", MapKind.Hash, 4_096, 12, 20),
        new("agentmetadata_map", MapKind.Array, 1, 4, 1_116),
        new("jmp_table", MapKind.Array, 100, 4, 8),
    ];

    /// <summary>A droplet's. Rows of endpoints and agents, of whatever droplet, are in them from the beginning.</summary>
    public static readonly ImmutableArray<MapSize> LabDroplet =
    [
        new("endpoints", MapKind.Array, TableSizes.Lab.Endpoints * 9 / 8, 4, 64),
        new("nat", MapKind.Array, 65_536, 4, 64),
        new("translations", MapKind.Array, 65_536, 4, 64),
        new("connections", MapKind.Array, 32_768, 4, 64),
        new("direct_path", MapKind.Array, 32_768, 4, 64),
        new("picks", MapKind.Array, 262_144, 4, 8),
        new("peers", MapKind.Array, 18_432, 4, 64),
        new("policy_labels", MapKind.GrowingHash, 65_536, 24, 32),
        new("policy_ports", MapKind.GrowingHash, 65_536, 24, 32),
        new("policy_cidrs", MapKind.Trie, 65_536, 28, 32),
        new("service_ports", MapKind.GrowingHash, TableSizes.Lab.ServicePorts, 16, 4),
        new("hosts", MapKind.Array, 65_536, 4, 16),
        new("agents", MapKind.Array, 5_185, 4, 128),
        new("endpoints_more", MapKind.GrowingHash, 16_384, 16, 24),
        new("port_forwards", MapKind.GrowingHash, 16_384, 16, 16),
        new("networks", MapKind.Trie, TableSizes.Lab.Networks, 16, 32),
        new("vpcs", MapKind.GrowingHash, TableSizes.Lab.Vpcs, 8, 8),
        new("policy_scopes", MapKind.GrowingHash, 8_192, 16, 8),
        new("nacls", MapKind.GrowingHash, 8_192, 16, 24),
        new("small tables, marks of sets, scratch", MapKind.Array, 1, 4, 600_000),
    ];

    /// <summary>What a full mesh has besides: a row for each endpoint of the cluster, of its VNI and address (12 bytes) to its host's address and MACs (24), made as it is told of.</summary>
    public static readonly MapSize FullMesh = new("everybody", MapKind.GrowingHash, 1_048_576, 12, 24);
}
