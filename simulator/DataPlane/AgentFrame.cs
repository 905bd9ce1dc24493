using System.Diagnostics.CodeAnalysis;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>What the agent's functions work on: the frame an endpoint sent, whose agent it is, and the droplet's tables.</summary>
internal ref struct AgentFrame
{
    /// <summary>Upstream's metadata is an ARRAY: an agent nobody has programmed is one of zeros (§3.2 row 1), wired like any other.</summary>
    private static readonly AgentConfig Unprogrammed = new(default, default, default, default);

    private ref Frame frame;
    private Span<byte> head;
    private ref readonly AgentRow row;
    private ref readonly AgentConfig whole;
    private AsSent sent;

    public DropletTables Tables { get; private set; }

    public readonly DataPlaneSettings Settings => Tables.Settings;

    public AgentId Agent { get; private set; }

    public readonly bool IsProgrammed => row.IsPresent;

    /// <summary>What its agent is told.</summary>
    public readonly AgentView Config => new(in row, in whole);

    /// <summary>Transit ended this run: what it answers goes through none of the agent's own ways out.</summary>
    public bool TailCalled { get; set; }

    public readonly ref Frame Frame => ref frame;

    /// <summary>The MAC the agent knows of a droplet.</summary>
    /// <param name="likely">Which of the rows it may be: lists of bouncers and of their MACs are mostly in one order.</param>
    public readonly bool TryResolve(Ipv4Address droplet, int likely, out MacAddress mac)
    {
        if (row.Neighbours is { } known)
        {
            return known.TryGet(new EndpointKey(Vni.Substrate, droplet), likely, out mac);
        }
        mac = default;
        return false;
    }

    /// <summary>Says that the frame begins or ends elsewhere than before.</summary>
    public void Reframe() => head = frame.Head;

    /// <summary>The frame from its Ethernet header on: the endpoint's, and once encapsulated the underlay's.</summary>
    public readonly Span<byte> Head => head;

    public readonly int Length => frame.Length;

    /// <summary>The frame's head before NAT changed it.</summary>
    [UnscopedRef]
    public ref AsSent Sent => ref sent;

    /// <summary>Begins with a frame. Not a constructor: what one has made is copied to where it belongs, more than a hundred bytes of it.</summary>
    public static void Begin(ref AgentFrame run, DropletTables tables, AgentId agent, [UnscopedRef] ref Frame frame)
    {
        run.Tables = tables;
        run.Agent = agent;
        run.frame = ref frame;
        run.head = frame.Head;
        AgentView config = tables.Agents.View(in agent, in Unprogrammed);
        run.row = ref config.Row;
        run.whole = ref config.Whole;

        // Each by itself: the struct was not cleared, for zeros written wide are not to be had as bytes for a while.
        run.TailCalled = false;
        run.sent.Forget();
    }
}
