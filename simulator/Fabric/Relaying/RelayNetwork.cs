using MizarLab.Engine;
using MizarLab.Overlay;

namespace MizarLab.Fabric;

/// <summary>A droplet under the relay workload.</summary>
internal interface IRelayHost
{
    ref readonly RelayCounts Counts { get; }

    void Start();
}

/// <summary>How far a relay run has come: all that its conservation, speed and fingerprint are told by.</summary>
/// <param name="Sent">Packets that sources sent.</param>
/// <param name="Arrived">Packets that came to their destinations.</param>
/// <param name="Lost">Packets the fabric lost.</param>
/// <param name="Ended">Packets that programs ended elsewhere than at their destination.</param>
/// <param name="InFlight">Packets on their way.</param>
/// <param name="Hops">Link traversals: frames that links took.</param>
/// <param name="Latency">Of all arrived together.</param>
public readonly record struct RelayTotals(long Sent, long Arrived, long Lost, long Ended, long InFlight, long Hops, long Events, SimTime Latency)
{
    /// <summary>Every packet is at one place.</summary>
    public bool IsConserved => Sent == Arrived + Lost + Ended + InFlight;

    public double MeanLatencyNanoseconds => Arrived == 0 ? 0 : Latency.Picoseconds / 1000.0 / Arrived;

    public RelayTotals Since(RelayTotals before) => new(
        Sent - before.Sent, Arrived - before.Arrived, Lost - before.Lost, Ended - before.Ended, InFlight, Hops - before.Hops, Events - before.Events, Latency - before.Latency);
}
