using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf;

/// <summary>Kernel memory of a map as a droplet is loaded.</summary>
public sealed record MapMemory(string Name, uint Entries, long Bytes);

/// <summary>
/// What a droplet's tables take in the kernel, as the kernel counts it: everything that stands there before a row is written, and what one more endpoint adds, at a bouncer
/// and at its host with its agent.
/// </summary>
/// <param name="FixedBytes">All maps together, empty.</param>
/// <param name="EndpointBytes">What a row of an endpoint elsewhere adds on average.</param>
/// <param name="LocalEndpointBytes">What an endpoint of this droplet's own adds: its row, its slot and its agent.</param>
public sealed record BpfMemory(IReadOnlyList<MapMemory> Maps, long FixedBytes, double EndpointBytes, double LocalEndpointBytes)
{
    /// <summary>What the fixed tables are to stay below, at the defaults of <c>lab</c>.</summary>
    public const long FixedLimit = 32L << 20;

    /// <summary>Upstream's preallocated tables a host (spec §3.1), some.</summary>
    public const long UpstreamFixedBytes = 500_000_000;

    /// <summary>Upstream's tables an agent, which every endpoint has (spec §3.1).</summary>
    public const long UpstreamAgentBytes = 2_800_000;

    private const int Sample = 1_000;

    /// <summary>Loads a droplet and asks.</summary>
    /// <exception cref="Backends.HarnessException">No root, no objects, or the kernel refused.</exception>
    public static BpfMemory Measure(Dialect dialect, string runId)
    {
        using NamespaceThread thread = new($"memory {runId}");
        return thread.Invoke(() => Measure(new BpfOptions { Settings = DataPlaneSettings.Of(dialect) }));
    }

    private static BpfMemory Measure(BpfOptions options)
    {
        const int loopback = 1;

        // An agent's row names an interface by its number, and takes any; a devmap only those that are.
        using BpfDroplet droplet = BpfDroplet.Load(options, port => port == PortId.Nic ? loopback : 1_000 + port.Value);
        IReadOnlyList<BpfMap> maps = droplet.Maps();
        MapMemory[] empty = [.. maps.Select(map => new MapMemory(map.Name, map.Entries, map.MemoryBytes()))];
        long before = empty.Sum(map => map.Bytes);
        Vni vpc = new(3);
        AddressList host = new(new Ipv4Address(0xAC110001));
        for (uint i = 0; i < Sample; i++)
        {
            droplet.Put(Tables.Endpoints, new EndpointKey(vpc, new Ipv4Address(0x0A000000 + i)), new EndpointValue(EndpointType.Simple, host, -1, new MacAddress(i)));
        }
        long remote = maps.Sum(map => map.MemoryBytes());
        for (uint i = 0; i < Sample; i++)
        {
            int slot = (int)(i % 64) + 1;
            Ipv4Address address = new(0x0B000000 + i);
            droplet.Put(Tables.Endpoints, new EndpointKey(vpc, address), new EndpointValue(EndpointType.Simple, host, slot, new MacAddress(i)));
            droplet.Put(Tables.Agents, new AgentId((int)i + 1), new AgentConfig(host[0], default, new EndpointKey(vpc, address), host));
        }
        long local = maps.Sum(map => map.MemoryBytes());
        return new BpfMemory(empty, before, (double)(remote - before) / Sample, (double)(local - remote) / Sample);
    }
}
