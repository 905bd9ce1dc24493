using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Bench;

/// <summary>
/// The rows of scaled endpoints: the stage at the service's bouncer, MODIFY at the client's host with both entries present and without, and NAT there in either direction.
/// Three backends, all of them the one server, so that the pick is made and its outcome known.
/// </summary>
internal static class BenchServices
{
    /// <summary>What spec 11 says of upstream, in ns; half of it is the goal in <c>mizar</c>.</summary>
    private const double ScaledUpstream = 356, ModifyUpstream = 540, ForwardUpstream = 360, ReverseUpstream = 454;

    private const ushort Port = 9000, TargetPort = 8080, ClientPort = 40_000;

    private static Ipv4Address Service => Ipv4Address.Parse("10.0.0.100");

    public static IEnumerable<BenchCase> Of(Dialect dialect)
    {
        (string Name, IpProtocol Protocol, byte[] Frame)[] kinds =
        [
            ("udp", IpProtocol.Udp, BenchFrames.Udp(BenchWorld.Client, Service, BenchWorld.MacOf(Service), Port)),
            ("tcp", IpProtocol.Tcp, BenchFrames.Tcp(BenchWorld.Client, Service, BenchWorld.MacOf(Service))),
        ];
        foreach ((string name, IpProtocol protocol, byte[] sent) in kinds)
        {
            yield return Goal(new BenchCase($"scaled.{name}", dialect, BenchWorld.Bouncer, ProgramId.Transit, Reason.ToClientHost, At(BenchWorld.Bouncer, sent)), ScaledUpstream, lab: 6) with { State = Write };
            yield return Goal(new BenchCase($"modify.{name}", dialect, BenchWorld.HostA, ProgramId.Transit, Reason.Modified, At(BenchWorld.HostA, sent)), ModifyUpstream, lab: 8) with { State = Write };
            yield return Goal(new BenchCase($"modify.{name}.learning", dialect, BenchWorld.HostA, ProgramId.Transit, Reason.Modified, At(BenchWorld.HostA, sent)), ModifyUpstream, lab: 12) with
            {
                State = Write,
                Forget = BenchForget.Translation(VniOf(dialect), Sent(protocol), Answered(protocol)),
            };
            yield return Goal(new BenchCase($"agent.forward-nat.{name}", dialect, BenchWorld.HostA, ProgramId.Agent, Reason.ToBouncer, _ => sent), ForwardUpstream, lab: null) with
            {
                State = writer => Remember(writer, dialect, protocol),
            };
        }
        byte[] answer = new PacketBuilder()
            .Ethernet(BenchWorld.MacOf(BenchWorld.Client), BenchWorld.MacOf(BenchWorld.Server)).Ipv4(BenchWorld.Server, BenchWorld.Client).Udp(TargetPort, ClientPort).Bytes(new byte[56]).ToBytes();
        yield return Goal(
            new BenchCase("host.reverse-nat.udp", dialect, BenchWorld.HostA, ProgramId.Transit, Reason.Delivered, world => BenchFrames.Arriving(world, BenchWorld.HostB, BenchWorld.Agent, answer, BenchWorld.HostA)),
            ReverseUpstream, lab: null) with
        {
            State = writer => Remember(writer, dialect, IpProtocol.Udp),
        };
    }

    private static Func<ModelDataPlane, byte[]> At(DropletId droplet, byte[] sent) => world => BenchFrames.Arriving(world, BenchWorld.HostA, BenchWorld.Agent, sent, droplet);

    private static BenchCase Goal(BenchCase row, double upstream, double? lab) => row.Dialect == Dialect.Mizar
        ? row with { Upstream = upstream, Goal = new BenchGoal(BenchGoalUnit.Nanoseconds, upstream / 2) }
        : row with { Goal = lab is { } limit ? new BenchGoal(BenchGoalUnit.Lookups, limit) : null };

    /// <summary>The service at its bouncer.</summary>
    private static void Write(ITableWriter writer)
    {
        EndpointKey key = new(BenchWorld.Vpc, Service);
        AddressList backends = new([BenchWorld.Server, BenchWorld.Server, BenchWorld.Server]);
        writer.Put(BenchWorld.Bouncer, Tables.Stages, StageSlot.ScaledEndpoint, StageProgram.ScaledEndpoint);
        writer.Put(BenchWorld.Bouncer, Tables.Endpoints, key, new EndpointValue(EndpointType.Scaled, backends, -1, BenchWorld.MacOf(Service)));
        writer.Put(BenchWorld.Bouncer, Tables.ServicePorts, new ServicePortKey(key, Port, IpProtocol.Udp), TargetPort);
        writer.Put(BenchWorld.Bouncer, Tables.ServicePorts, new ServicePortKey(key, Port, IpProtocol.Tcp), TargetPort);
    }

    private static Vni VniOf(Dialect dialect) => dialect == Dialect.Lab ? BenchWorld.Vpc : default;

    private static FlowKey Sent(IpProtocol protocol) => new(BenchWorld.Client, Service, ClientPort, Port, protocol);

    private static FlowKey Answered(IpProtocol protocol) => new(BenchWorld.Server, BenchWorld.Client, TargetPort, ClientPort, protocol);

    /// <summary>What the client's host knows of the flow, used a second ago.</summary>
    private static void Remember(ITableWriter writer, Dialect dialect, IpProtocol protocol)
    {
        bool lab = dialect == Dialect.Lab;
        Vni vni = VniOf(dialect);
        uint seen = lab ? LabClock.Ticks(BenchClock.Now - Engine.SimTime.FromSeconds(1)) : 0;
        NatState state = lab && protocol == IpProtocol.Tcp ? NatState.Established : NatState.None;
        FlowKey forward = Sent(protocol), reverse = Answered(protocol);
        MacAddress client = BenchWorld.MacOf(BenchWorld.Client), service = BenchWorld.MacOf(Service);
        writer.Put(BenchWorld.HostA, Tables.ForwardNat, new NatKey(vni, forward), new NatValue(BenchWorld.Client, BenchWorld.Server, ClientPort, TargetPort, client, service) { State = state, Seen = seen });
        writer.Put(BenchWorld.HostA, Tables.ReverseNat, new NatKey(vni, reverse), new NatValue(Service, BenchWorld.Client, Port, ClientPort, service, client) { State = state, Seen = seen });
    }
}
