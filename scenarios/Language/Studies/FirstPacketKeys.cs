using MizarLab.Engine;
using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;
using W = MizarLab.Scenarios.Language.ArchitectureWords;

namespace MizarLab.Scenarios.Language;

/// <summary><c>first_packet: { architecture: on_demand, crosses: on }</c>.</summary>
internal static class FirstPacketKeys
{
    private static readonly Key<bool> Crosses = Key.Has("crosses", Standard.OnOff, false, "Whether the endpoints are on two networks of a VPC.");
    private static readonly Key<int> Hosts = Key.Has("hosts", new IntegerShape("a number of hosts", 2, 100_000), 100, "Of the network, for who floods.");
    private static readonly Key<SimTime> Host = Key.Has("host", Standard.Time, SimTime.FromMicroseconds(1), "A host's work on a packet or a copy of one.");
    private static readonly Key<SimTime> Relay = Key.Has("relay", Standard.Time, SimTime.FromMicroseconds(1), "A gateway's, bouncer's or divider's.");
    private static readonly Key<SimTime> Controller = Key.Has("controller", Standard.Time, SimTime.FromMicroseconds(100), "An answer of the controller.");
    private static readonly Key<SimTime> Link = Key.Has("link", Standard.Time, SimTime.FromMicroseconds(10), "From one droplet to another.");
    private static readonly Key<SimTime> ControllerLink = Key.Has("controller_link", Standard.Time, SimTime.FromMicroseconds(500), "One way between a host and the controller.");

    public static readonly StudyKind Kind = new(
        new RecordShape("first_packet", "What the first packet of two endpoints pays, and a later one.", W.Architecture, Crosses, Hosts, Host, Relay, Controller, Link, ControllerLink),
        (fields, context) => new FirstPacketStudy(
            fields.Get(W.Architecture), fields.Get(Crosses), fields.Get(Hosts),
            new FirstPacketTimes(fields.Get(Host), fields.Get(Relay), fields.Get(Controller), fields.Get(Link), fields.Get(ControllerLink)), context.Settings));
}
