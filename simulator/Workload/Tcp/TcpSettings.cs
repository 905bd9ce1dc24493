using MizarLab.Engine;

namespace MizarLab.Workload.Tcp;

/// <summary>How a sender's window grows and shrinks.</summary>
public enum CongestionKind : byte
{
    /// <summary>RFC 5681 with the recovery of RFC 6582.</summary>
    NewReno,

    /// <summary>RFC 9438, what Linux has.</summary>
    Cubic,
}

/// <summary>What a stack's TCP does that its peer does not decide.</summary>
public sealed record TcpSettings
{
    public static readonly TcpSettings Default = new();

    public CongestionKind Congestion { get; init; } = CongestionKind.NewReno;

    /// <summary>Offers and accepts explicit congestion notification (RFC 3168).</summary>
    public bool Ecn { get; init; }

    /// <summary>Segments sent before the first acknowledgement (RFC 6928).</summary>
    public int InitialWindow { get; init; } = 10;

    /// <summary>No time-out is shorter, however short round trips are: Linux's 200 ms, where RFC 6298 says a second. Against round trips of a data centre it is an age.</summary>
    public SimTime MinimumTimeout { get; init; } = SimTime.FromMilliseconds(200);
}
