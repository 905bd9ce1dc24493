using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>What the agent's functions work on: the frame an endpoint sent, whose agent it is, and the droplet's tables.</summary>
internal ref struct AgentFrame
{
    /// <summary>Upstream's metadata is an ARRAY: an agent nobody has programmed is one of zeros (§3.2 row 1), wired like any other.</summary>
    private static readonly AgentConfig Unprogrammed = new(default, default, default, default);

    private ref Frame frame;
    private ref byte first;
    private int window;
    private AgentView config;
    private AsSent sent;

    public DropletTables Tables { get; private set; }

    public readonly DataPlaneSettings Settings => Tables.Settings;

    public AgentId Agent { get; private set; }

    public readonly bool IsProgrammed => config.Row.IsPresent;

    /// <summary>What its agent is told.</summary>
    [UnscopedRef]
    public readonly ref readonly AgentView Config => ref config;

    /// <summary>Transit ended this run: what it answers goes through none of the agent's own ways out.</summary>
    public bool TailCalled { get; set; }

    public readonly ref Frame Frame => ref frame;

    /// <summary>The MAC the agent knows of a droplet.</summary>
    /// <param name="likely">Which of the rows it may be: lists of bouncers and of their MACs are mostly in one order.</param>
    public readonly bool TryResolve(Ipv4Address droplet, int likely, out MacAddress mac)
    {
        if (config.Row.Neighbours is { } known)
        {
            return known.TryGet(new EndpointKey(Vni.Substrate, droplet), likely, out mac);
        }
        mac = default;
        return false;
    }

    /// <summary>Says that the frame begins or ends elsewhere than before.</summary>
    public void Reframe()
    {
        Span<byte> head = frame.Head;
        first = ref MemoryMarshal.GetReference(head);
        window = head.Length;
    }

    /// <summary>The frame from its Ethernet header on: the endpoint's, and once encapsulated the underlay's.</summary>
    public readonly Span<byte> Head => MemoryMarshal.CreateSpan(ref first, window);

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
        run.Reframe();
        run.config = tables.Agents.View(in agent, in Unprogrammed);

        // Each by itself: the struct was not cleared, for zeros written wide are not to be had as bytes for a while.
        run.TailCalled = false;
        run.sent.Forget();
    }
}
