using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Tests.Management;
using static MizarLab.Tests.Observation.SyntheticRun;

namespace MizarLab.Tests.Observation;

/// <summary>Runs written down by hand, for the comparer.</summary>
internal static class ComparedRuns
{
    public const byte Syn = 0x02;
    public const byte SynAck = 0x12;
    public const byte Ack = 0x10;
    public const byte FinAck = 0x11;

    public static readonly Topology Nouns = TestTopology.TwoNetworks();
    public static readonly SourcePlace Place = new("two.yaml", 7, 5);

    public static readonly ImmutableArray<byte> CraftedBytes = [.. TestFrames.EchoRequest(Nouns[A], Nouns[B], 77)];

    public static readonly Step[] Timeline =
    [
        new PingStep(A, Nouns[C].Address, 2, SimTime.FromMilliseconds(1), 8, SimTime.FromSeconds(1)) { Name = "ping-1", Where = Place },
        new FrameStep(A, CraftedBytes) { Name = "frame-1", Where = Place },
        new TcpStep(C, Nouns[A].Address, 9001, [1, 2, 3], 2, SimTime.FromMilliseconds(1), false, SimTime.FromSeconds(1)) { Name = "stream", Where = Place },
    ];

    public static byte[] Echo(ushort sequence) => TestFrames.EchoRequest(Nouns[A], Nouns[B], sequence);

    public static SyntheticRun OnePing(bool live)
    {
        SyntheticRun run = new(live, Timeline);
        run.From(A, SimTime.Zero, Echo(1)).To(2).To(1).Deliver(B);
        return run;
    }

    public static SyntheticRun Delayed()
    {
        SyntheticRun run = OnePing(live: false);
        run.Rewrite((seen, _) => seen with { Time = seen.Time + seen.Time });
        return run;
    }

    public static SyntheticRun Crafted()
    {
        SyntheticRun run = new(live: true, Timeline);
        run.Add(Window(1, 20, 21));
        run.From(A, SimTime.FromMilliseconds(20), [.. CraftedBytes]).To(2).To(1).Deliver(B);
        return run;
    }

    public static SyntheticRun Stream(bool live, int segments, bool viaBouncer)
    {
        SyntheticRun run = new(live, Timeline);
        run.Add(Window(2, 0, 100));
        SimTime at = SimTime.Zero;
        void Send(byte flags, uint sequence)
        {
            Walk walk = run.From(C, at, TestFrames.Tcp(Nouns[C], Nouns[A], 40000, 9001, flags, sequence, flags == Ack ? 3 : 0));
            (viaBouncer && sequence == 2 ? walk.To(3).To(0) : walk.To(0)).Deliver(A);
            at += SimTime.FromMilliseconds(1);
        }

        Send(Syn, 0);
        for (uint i = 0; i < segments; i++)
        {
            Send(Ack, i);
        }
        Send(FinAck, 99);
        return run;
    }

    /// <summary>A ping over the slow and then the direct path, a crafted frame, and a short stream.</summary>
    public static SyntheticRun Full(bool live)
    {
        SyntheticRun run = new(live, Timeline);
        run.Add(Window(0, 0, 19) with { Sent = 2, Arrived = 2 });
        run.Add(Window(1, 20, 21) with { Sent = 1 });
        run.Add(Window(2, 30, 60) with { Sent = 1, Arrived = 1, BytesSent = 6, BytesArrived = 6 });
        run.From(A, SimTime.Zero, TestFrames.Arp(Nouns[A], Nouns.Networks[0].Gateway)).To(2).To(0).Deliver(A);
        run.From(A, SimTime.FromMilliseconds(1), TestFrames.EchoRequest(Nouns[A], Nouns[C], 1)).To(2).To(4).To(1).Deliver(C);
        run.From(C, SimTime.FromMilliseconds(2), TestFrames.EchoReply(Nouns[C], Nouns[A], 1)).To(0).Deliver(A);
        run.From(A, SimTime.FromMilliseconds(3), TestFrames.EchoRequest(Nouns[A], Nouns[C], 2)).To(1).Deliver(C);
        run.From(A, SimTime.FromMilliseconds(20), [.. CraftedBytes]).To(2).To(1).Deliver(B);
        foreach ((int at, byte flags) in new[] { (30, Syn), (32, Ack), (33, Ack), (34, FinAck) })
        {
            run.From(C, SimTime.FromMilliseconds(at), TestFrames.Tcp(Nouns[C], Nouns[A], 40000, 9001, flags, (uint)at)).To(4).Ends(Verdict.Pass, Reason.LowPriority);
        }
        run.From(A, SimTime.FromMilliseconds(31), TestFrames.Tcp(Nouns[A], Nouns[C], 9001, 40000, SynAck)).To(1).Deliver(C);
        run.Add(new TableDump(new DropletId(0), "direct_path", ["3/10.0.20.2 = 172.17.0.6 02:42:ac:11:00:06"]));
        run.Add(new TableDump(new DropletId(1), "direct_path", ["3/10.0.0.2 = 172.17.0.6 02:42:ac:11:00:06"]));
        return run;
    }

    public static SyntheticRun RandomWalks((byte Way, byte End, bool Live)[] walks)
    {
        SyntheticRun run = new(walks.Length > 0 && walks[0].Live, Timeline);
        run.Add(Window(0, 0, 10));
        run.Add(Window(1, 20, 30));
        run.Add(Window(2, 40, 50));
        for (int i = 0; i < walks.Length; i++)
        {
            byte[] frame = (walks[i].Way & 3) switch
            {
                0 => Echo((ushort)(walks[i].Way >> 4)),
                1 => [.. CraftedBytes],
                2 => TestFrames.Arp(Nouns[A], Nouns[B].Address),
                _ => TestFrames.Udp(Nouns[A], Nouns[B], 4000, 53),
            };
            Walk walk = run.From(A, SimTime.FromMilliseconds(i), frame).To(2 + (walks[i].Way >> 6));
            _ = (walks[i].End & 3) switch
            {
                0 => walk.To(1).Deliver(B),
                1 => walk.Ends(Verdict.Drop, Reason.NoVpc),
                2 => walk.To(1, arrives: false),
                _ => walk.Ends(Verdict.Pass, Reason.NotGeneve),
            };
        }
        // One outcome a step is what a backend owes.
        return run;
    }

    public static StepOutcome Window(int step, long beganMilliseconds, long endedMilliseconds) =>
        new() { Step = step, Began = SimTime.FromMilliseconds(beganMilliseconds), Ended = SimTime.FromMilliseconds(endedMilliseconds) };

    public static bool IsOfCrafted(Sighting seen) => seen.Time >= SimTime.FromMilliseconds(20) && seen.Time < SimTime.FromMilliseconds(21);

    /// <summary>Whether the frame seen, or left by the run seen, has been through this droplet's transit.</summary>
    public static bool HasPassed(Sighting seen, int droplet) => seen.Droplet.Index == droplet
        ? seen.Kind is SightingKind.Program or SightingKind.WireSent
        : seen.Droplet.Index == 1;

    /// <summary>Flips a byte of the encapsulated frames of a sighting.</summary>
    public static Sighting Flip(Sighting seen, int offset) => seen with { FrameIn = Flip(seen.FrameIn, offset), FrameOut = Flip(seen.FrameOut, offset) };

    public static byte[] Flip(byte[] frame, int offset)
    {
        if (frame.Length < TestFrames.OverheadBytes)
        {
            return frame;
        }
        byte[] changed = [.. frame];
        changed[offset] ^= 1;
        return changed;
    }
}
