using MizarLab.Engine;
using MizarLab.Scenarios.Shapes;
using MizarLab.Workload.Tcp;

namespace MizarLab.Scenarios.Language;

/// <summary>The keys of <c>tcp:</c>: what endpoints' TCP does that its peer does not decide.</summary>
internal static class TcpKeys
{
    private static readonly Key<CongestionKind> Congestion = Key.Has(
        "congestion", new ChoiceShape<CongestionKind>("a congestion control", ("newreno", CongestionKind.NewReno), ("cubic", CongestionKind.Cubic)), TcpSettings.Default.Congestion, "newreno: RFC 5681 with the recovery of RFC 6582; cubic: RFC 9438.");
    private static readonly Key<bool> Ecn = Key.Has("ecn", Standard.OnOff, TcpSettings.Default.Ecn, "Whether endpoints offer and accept explicit congestion notification (RFC 3168).");
    private static readonly Key<int> InitialWindow = Key.Has("initial_window", new IntegerShape("a number of segments", 1, 40), TcpSettings.Default.InitialWindow, "Segments sent before the first acknowledgement (RFC 6928).");

    private static readonly Key<SimTime> MinimumTimeout = Key.Has(
        "minimum_timeout", new DurationShape(SimTime.FromMicroseconds(1), SimTime.FromSeconds(60)), TcpSettings.Default.MinimumTimeout, "No retransmission time-out is shorter: Linux's 200 ms (RFC 6298 says a second), an age against a data centre's round trips.");

    public static readonly Key<Fields> Section = Key.May("tcp", new RecordShape("tcp_settings", "The TCP of endpoints.", Congestion, Ecn, InitialWindow, MinimumTimeout), "The TCP of simulated endpoints; a live backend's is the kernel's own.");

    public static TcpSettings Of(Fields file) => !file.Given(Section) ? TcpSettings.Default : new TcpSettings
    {
        Congestion = file.Get(Section).Get(Congestion),
        Ecn = file.Get(Section).Get(Ecn),
        InitialWindow = file.Get(Section).Get(InitialWindow),
        MinimumTimeout = file.Get(Section).Get(MinimumTimeout),
    };
}
