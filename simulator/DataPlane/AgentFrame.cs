using System.Diagnostics.CodeAnalysis;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>What the agent's functions work on: the frame an endpoint sent, whose agent it is, and the droplet's tables.</summary>
internal ref struct AgentFrame
{
    /// <summary>Upstream's metadata is an ARRAY: an agent nobody has programmed is one of zeros (§3.2 row 1), wired like any other.</summary>
    private static readonly AgentConfig Unprogrammed = new(default, default, default, default);

    private readonly ref Frame frame;
    private readonly AgentConfig config;
    private AsSent sent;

    public AgentFrame(DropletTables tables, AgentId agent, ref Frame frame)
    {
        Tables = tables;
        Agent = agent;
        this.frame = ref frame;
        IsProgrammed = tables.Agents.TryGet(in agent, out config);
        if (!IsProgrammed)
        {
            config = Unprogrammed;
        }
    }

    public DropletTables Tables { get; }

    public readonly DataPlaneSettings Settings => Tables.Settings;

    public AgentId Agent { get; }

    public bool IsProgrammed { get; }

    public readonly AgentConfig Config => config;

    /// <summary>Transit ended this run: what it answers goes through none of the agent's own ways out.</summary>
    public bool TailCalled { get; set; }

    public readonly ref Frame Frame => ref frame;

    /// <summary>The frame from its Ethernet header on: the endpoint's, and once encapsulated the underlay's.</summary>
    public readonly Span<byte> Head => frame.Head;

    public readonly int Length => frame.Length;

    /// <summary>The frame's head before NAT changed it.</summary>
    [UnscopedRef]
    public ref AsSent Sent => ref sent;
}
