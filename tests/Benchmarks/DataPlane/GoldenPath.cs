using MizarLab.DataPlane;
using MizarLab.Harness.Conformance;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Tests;

namespace MizarLab.Benchmarks.DataPlane;

/// <summary>One way through a program, as a golden vector shows it: state, frame in, and what must come out.</summary>
/// <param name="Name">What the way is called in the results.</param>
/// <param name="VectorName">Of upstream.json.</param>
/// <param name="Reason">The way out it must take; vectors know the verdict only.</param>
public sealed record GoldenPath(string Name, string VectorName, Reason Reason)
{
    public static readonly DropletId Droplet = new(0);

    /// <summary>The agent a vector's frame comes in by.</summary>
    public static readonly AgentId Agent = new(1);

    /// <summary>Every way a frame of the demo can take, and the refusal met first.</summary>
    public static IReadOnlyList<GoldenPath> All { get; } =
    [
        new("agent → bouncer", "agent_encap_icmp", Reason.ToBouncer),
        new("agent → bouncer, 1500 B", "agent_1500B", Reason.ToBouncer),
        new("agent, direct path (ARP)", "agent_arp_request_cached", Reason.DirectPath),
        new("same host: agent and transit, on to the wire", "agent_samehost_bouncer_remote_ep", Reason.ToHost),
        new("same host: agent and transit, delivered", "agent_samehost_bouncer_local_ep", Reason.Delivered),
        new("bouncer → host", "bouncer_fwd_icmp_to_host", Reason.ToHost),
        new("bouncer → host, 1500 B", "bouncer_fwd_1500B_inner", Reason.ToHost),
        new("bouncer → divider", "bouncer_unknown_ep_to_divider", Reason.ToDivider),
        new("bouncer answers ARP", "bouncer_arp_request_gw", Reason.ToHost),
        new("divider → bouncer, learning", "divider_fwd_icmp_to_bouncer", Reason.NetworkToBouncer),
        new("divider → host, cached", "divider_cache_direct", Reason.DirectPath),
        new("host delivers, learning", "host_decap_icmp", Reason.Delivered),
        new("host delivers, nothing to learn", "host_decap_src_known_no_learn", Reason.Delivered),
        new("refused: not our address", "host_not_addressed_here", Reason.NotOurAddress),
    ];

    private Vector? vector;

    public ProgramId Program => Vector.Run.Program;

    private static VectorSuite Suite => field ??= VectorSuite.Load(Path.Combine(Repository.Root, "tests", "Conformance", "Vectors", "upstream.json"));

    private Vector Vector => vector ??= Suite.Vectors.Single(v => v.Name == VectorName);

    /// <summary>Writes the vector's state, and holds verdict, way out, redirect target and whole frame against the vector, twice: learning must not change the way.</summary>
    /// <returns>The frame to measure with.</returns>
    /// <exception cref="WrongPathException">Something else came out: there is no figure.</exception>
    public Frame Prepare(IDataPlane dataPlane)
    {
        new StateLoader(dataPlane).Load(Droplet, Vector.State);
        Frame pristine = Frame.FromBytes(Vector.Run.FrameIn);
        for (int run = 0; run < 2; run++)
        {
            Frame frame = pristine;
            ProgramResult result = dataPlane.Run(Droplet, Program, Agent, ref frame);
            WrongPathException.ThrowUnless(result.Verdict == Vector.Run.Verdict && result.Reason == Reason, $"{Name}: {result}, not {Vector.Run.Verdict} {Reason}");
            WrongPathException.ThrowUnless(
                Vector.Run.Redirect is not { } target || target == new RedirectTarget(result.Devmap, result.Slot), $"{Name}: {result}, not to {Vector.Run.Redirect}");
            WrongPathException.ThrowUnless(frame.ToBytes().AsSpan().SequenceEqual(Vector.Run.FrameOut), $"{Name}: the frame is not the vector's");
        }
        return pristine;
    }

    public override string ToString() => Name;
}
