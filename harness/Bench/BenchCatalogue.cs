using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Bench;

/// <summary>All rows. Upstream's figures are those of spec 11; goals are multiples of a lookup in <c>lab</c>, and parts of upstream's figure in <c>mizar</c>.</summary>
internal static class BenchCatalogue
{
    /// <summary>What upstream's TCP and UDP rows are to be beaten by, and the others.</summary>
    private const double Half = 0.5, ThreeQuarters = 0.75;

    public static readonly int[] Rotations = [1, 1_000, 10_000, 60_000];

    public static IEnumerable<BenchCase> Of(Dialect dialect) =>
        [.. Transit(dialect), .. Hosts(dialect), .. Agents(dialect), .. Guarded(dialect), .. BenchServices.Of(dialect), .. Proxied(dialect), .. Rotating(dialect)];

    private static IEnumerable<BenchCase> Transit(Dialect dialect)
    {
        Kind[] kinds = [new("icmp", Icmp, 117, ThreeQuarters), new("udp", Udp, 305, Half), new("tcp", Tcp, 310, Half)];
        foreach (Kind kind in kinds)
        {
            yield return Goal(new BenchCase($"bouncer.{kind.Name}", dialect, BenchWorld.Bouncer, ProgramId.Transit, Reason.ToHost, At(BenchWorld.Bouncer, kind.Frame(BenchWorld.Server))), kind, lab: 3);
        }
        yield return Goal(
            new BenchCase("bouncer.to-divider.icmp", dialect, BenchWorld.Bouncer, ProgramId.Transit, Reason.ToDivider, At(BenchWorld.Bouncer, Icmp(BenchWorld.FarServer))),
            new Kind("icmp", Icmp, 169, ThreeQuarters), lab: null);
        yield return Goal(
            new BenchCase("bouncer.to-divider.udp", dialect, BenchWorld.Bouncer, ProgramId.Transit, Reason.ToDivider, At(BenchWorld.Bouncer, Udp(BenchWorld.FarServer))),
            new Kind("udp", Udp, null, Half), lab: null);
        yield return Goal(
            new BenchCase("bouncer.arp", dialect, BenchWorld.Bouncer, ProgramId.Transit, Reason.ToHost, At(BenchWorld.Bouncer, BenchFrames.ArpRequest(BenchWorld.Client, BenchWorld.Server))),
            new Kind("arp", Icmp, 140, ThreeQuarters), lab: null);
        yield return Goal(
            new BenchCase("bouncer.unknown-vni", dialect, BenchWorld.Bouncer, ProgramId.Transit, Reason.NoVpc, world => WithVni(At(BenchWorld.Bouncer, Icmp(BenchWorld.Server))(world), BenchWorld.Unknown)),
            new Kind("icmp", Icmp, 108, ThreeQuarters), lab: null);
        Kind[] divided = [new("icmp", Icmp, 292, ThreeQuarters), new("udp", Udp, 479, Half), new("tcp", Tcp, null, Half)];
        foreach (Kind kind in divided)
        {
            yield return Goal(new BenchCase($"divider.{kind.Name}", dialect, BenchWorld.Divider, ProgramId.Transit, Reason.NetworkToBouncer, At(BenchWorld.Divider, kind.Frame(BenchWorld.FarServer))), kind, lab: 4.5);
        }
        if (dialect == Dialect.Mizar)
        {
            yield return Goal(
                new BenchCase("divider.udp.learning", dialect, BenchWorld.Divider, ProgramId.Transit, Reason.NetworkToBouncer, At(BenchWorld.Divider, Udp(BenchWorld.FarServer)))
                {
                    Forget = BenchForget.DirectPath(BenchWorld.Vpc, BenchWorld.Client),
                },
                new Kind("udp", Udp, null, Half), lab: null);
            yield return Goal(
                new BenchCase("divider.cached.icmp", dialect, BenchWorld.Divider, ProgramId.Transit, Reason.DirectPath, At(BenchWorld.Divider, Icmp(BenchWorld.FarServer)))
                {
                    State = writer => writer.Put(BenchWorld.Divider, Tables.DirectPath, new EndpointKey(BenchWorld.Vpc, BenchWorld.FarServer), BenchWorld.HostOf(BenchWorld.HostB)),
                },
                new Kind("icmp", Icmp, 268, ThreeQuarters), lab: null);
        }
    }

    private static IEnumerable<BenchCase> Hosts(Dialect dialect)
    {
        Kind[] kinds = [new("icmp", Icmp, 249, ThreeQuarters), new("udp", Udp, 442, Half), new("tcp", Tcp, 443, Half)];
        foreach (Kind kind in kinds)
        {
            yield return Goal(new BenchCase($"host.{kind.Name}", dialect, BenchWorld.HostB, ProgramId.Transit, Reason.Delivered, At(BenchWorld.HostB, kind.Frame(BenchWorld.Server))), kind, lab: 4);
        }
        yield return Goal(
            new BenchCase("host.udp.learning", dialect, BenchWorld.HostB, ProgramId.Transit, Reason.Delivered, At(BenchWorld.HostB, Udp(BenchWorld.Server)))
            {
                Forget = BenchForget.DirectPath(BenchWorld.Vpc, BenchWorld.Client),
            },
            new Kind("udp", Udp, null, Half), lab: null);
        yield return Goal(
            new BenchCase("host.no-rts.icmp", dialect, BenchWorld.HostB, ProgramId.Transit, Reason.Delivered, world => WithoutRts(At(BenchWorld.HostB, Icmp(BenchWorld.Server))(world), dialect)),
            new Kind("icmp", Icmp, 95, ThreeQuarters), lab: null);
    }

    private static IEnumerable<BenchCase> Agents(Dialect dialect)
    {
        Kind[] kinds = [new("icmp", Icmp, 119, ThreeQuarters), new("udp", Udp, 339, Half), new("tcp", Tcp, 330, Half)];
        foreach (Kind kind in kinds)
        {
            yield return Goal(new BenchCase($"agent.{kind.Name}", dialect, BenchWorld.HostA, ProgramId.Agent, Reason.ToBouncer, _ => kind.Frame(BenchWorld.Server)), kind, lab: 4.5);
        }
        foreach (Kind kind in (Kind[])[new("icmp", Icmp, 101, ThreeQuarters), new("udp", Udp, null, Half)])
        {
            yield return Goal(
                new BenchCase($"agent.direct-path.{kind.Name}", dialect, BenchWorld.HostA, ProgramId.Agent, Reason.DirectPath, _ => kind.Frame(BenchWorld.Server))
                {
                    State = writer => writer.Put(BenchWorld.HostA, Tables.DirectPath, new EndpointKey(BenchWorld.Vpc, BenchWorld.Server), BenchClock.Seen(BenchWorld.HostOf(BenchWorld.HostB), dialect)),
                },
                kind, lab: kind.Name == "udp" ? 4.5 : null);
        }
        yield return Goal(
            new BenchCase("agent.arp", dialect, BenchWorld.HostA, ProgramId.Agent, Reason.ToBouncer, _ => BenchFrames.ArpRequest(BenchWorld.Client, BenchWorld.Server)),
            new Kind("arp", Icmp, 119, ThreeQuarters), lab: null);
        if (dialect == Dialect.Lab)
        {
            yield return new BenchCase("agent.local-delivery.udp", dialect, BenchWorld.HostA, ProgramId.Agent, Reason.LocalDelivery, _ => Udp(BenchWorld.Neighbour));
        }
    }

    /// <summary>
    /// Endpoints under policy, by one prefix: packets of connections that are known from the second iteration on. Upstream evaluates each anew; in <c>lab</c>
    /// one is to cost no more than two lookups.
    /// </summary>
    private static IEnumerable<BenchCase> Guarded(Dialect dialect)
    {
        foreach ((string kind, byte[] sent, double? upstream) in ((string, byte[], double?)[])[("udp", Udp(BenchWorld.Server), null), ("tcp", Tcp(BenchWorld.Server), 524)])
        {
            yield return Guard(new BenchCase($"host.{kind}.policy", dialect, BenchWorld.HostB, ProgramId.Transit, Reason.Delivered, At(BenchWorld.HostB, sent)), upstream, $"host.{kind}");
        }
        foreach ((string kind, byte[] sent, double? upstream) in ((string, byte[], double?)[])[("udp", Udp(BenchWorld.Server), null), ("tcp", Tcp(BenchWorld.Server), 417)])
        {
            yield return Guard(new BenchCase($"agent.{kind}.policy", dialect, BenchWorld.HostA, ProgramId.Agent, Reason.ToBouncer, _ => sent), upstream, $"agent.{kind}");
        }
        BenchCase reply = Guard(new BenchCase("host.tcp.reply", dialect, BenchWorld.HostB, ProgramId.Transit, Reason.Delivered, At(BenchWorld.HostB, Tcp(BenchWorld.Server))), 284, "host.tcp");
        Action<ITableWriter>? policy = reply.State;
        yield return reply with
        {
            State = writer =>
            {
                policy?.Invoke(writer);
                BenchWorld.WriteReplied(writer, BenchClock.Now);
            },
        };
    }

    private static BenchCase Guard(BenchCase row, double? upstream, string unguarded) => row with
    {
        State = BenchWorld.WritePolicy,
        Upstream = row.Dialect == Dialect.Mizar ? upstream : null,
        Goal = row.Dialect == Dialect.Lab ? new BenchGoal(BenchGoalUnit.Lookups, 2, unguarded)
            : upstream is { } figure ? new BenchGoal(BenchGoalUnit.Nanoseconds, figure * Half)
            : null,
    };

    /// <summary>To a function, in the tunnel; and from one, whose tunnel is taken off and written anew.</summary>
    private static IEnumerable<BenchCase> Proxied(Dialect dialect)
    {
        if (dialect == Dialect.Lab)
        {
            yield return new BenchCase("host.proxied.udp", dialect, BenchWorld.HostB, ProgramId.Transit, Reason.ToFunction, At(BenchWorld.HostB, Udp(BenchWorld.Server))) { State = BenchWorld.WriteProxied };
            yield return new BenchCase("agent.proxied.udp", dialect, BenchWorld.HostA, ProgramId.Agent, Reason.ToBouncer, At(BenchWorld.Bouncer, Udp(BenchWorld.Server))) { State = BenchWorld.WriteProxied };
        }
    }

    private static IEnumerable<BenchCase> Rotating(Dialect dialect)
    {
        Kind kind = dialect == Dialect.Mizar ? new Kind("icmp", Icmp, null, ThreeQuarters) : new Kind("udp", Udp, null, Half);
        double[] upstream = [119, 124, 219, 358];
        for (int i = 0; i < Rotations.Length; i++)
        {
            int endpoints = Rotations[i];
            string name = $"bouncer.{kind.Name}.rotating-{endpoints}";
            yield return new BenchCase(name, dialect, BenchWorld.Bouncer, ProgramId.Transit, Reason.ToHost, At(BenchWorld.Bouncer, kind.Frame(BenchWorld.FirstRotated)))
            {
                State = writer => BenchWorld.WriteRotated(writer, endpoints),
                Rotation = endpoints,
                Upstream = dialect == Dialect.Mizar ? upstream[i] : null,
                Goal = i == 0 ? null : new BenchGoal(BenchGoalUnit.BareRotation, 1.3, $"bouncer.{kind.Name}.rotating-1"),
            };
        }
    }

    /// <summary>The frame as it arrives at a droplet from the client's agent.</summary>
    private static Func<ModelDataPlane, byte[]> At(DropletId droplet, byte[] sent) => world => BenchFrames.Arriving(world, BenchWorld.HostA, BenchWorld.Agent, sent, droplet);

    private static byte[] Icmp(Ipv4Address destination) => BenchFrames.Icmp(BenchWorld.Client, destination, Next(destination));

    private static byte[] Udp(Ipv4Address destination) => BenchFrames.Udp(BenchWorld.Client, destination, Next(destination));

    private static byte[] Tcp(Ipv4Address destination) => BenchFrames.Tcp(BenchWorld.Client, destination, Next(destination));

    /// <summary>To the destination's own MAC within the client's network, else to the gateway's.</summary>
    private static MacAddress Next(Ipv4Address destination) =>
        BenchWorld.MacOf((destination.Value ^ BenchWorld.Client.Value) >> 16 == 0 ? destination : BenchWorld.Gateway);

    private static BenchCase Goal(BenchCase row, Kind kind, double? lab) => row.Dialect == Dialect.Mizar
        ? row with { Upstream = kind.Upstream, Goal = kind.Upstream is { } figure ? new BenchGoal(BenchGoalUnit.Nanoseconds, figure * kind.Part) : null }
        : row with { Goal = lab is { } limit && kind.Name != "icmp" ? new BenchGoal(BenchGoalUnit.Lookups, limit) : null };

    private static byte[] WithVni(byte[] frame, Vni vni)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(46), vni.OnWire << 8);
        return frame;
    }

    private static byte[] WithoutRts(byte[] frame, Dialect dialect)
    {
        if (dialect == Dialect.Mizar)
        {
            frame.AsSpan(52, 14).Clear();
        }
        else
        {
            frame.AsSpan(54, 12).Clear();
        }
        return frame;
    }

    private sealed record Kind(string Name, Func<Ipv4Address, byte[]> Frame, double? Upstream, double Part);
}
